import NIOCore
import Synchronization

/// The connections of one server: counted, bounded, and told when to end.
final class ConnectionRegistry: Sendable {
    private struct State {
        var isDraining = false
        var listeners: [any Channel] = []
        var connections: [UInt64: any Channel] = [:]
        var associations: [String: Int] = [:]
        var lastIdentifier: UInt64 = 0
    }

    private let state = Mutex(State())
    private let maximumConnections: Int
    private let maximumAssociations: Int
    private let maximumAssociationsPerPeer: Int

    init(maximumConnections: Int, maximumAssociations: Int, maximumAssociationsPerPeer: Int) {
        self.maximumConnections = maximumConnections
        self.maximumAssociations = maximumAssociations
        self.maximumAssociationsPerPeer = maximumAssociationsPerPeer
    }

    /// False where the server was told to stop before it began.
    func opened(listener: any Channel) -> Bool {
        state.withLock { state in
            state.listeners.append(listener)
            return !state.isDraining
        }
    }

    /// The connection's identifier; nil where there are too many or the server is stopping.
    func opened(connection: any Channel) -> UInt64? {
        state.withLock { state in
            guard !state.isDraining, state.connections.count < maximumConnections else { return nil }
            state.lastIdentifier += 1
            state.connections[state.lastIdentifier] = connection
            return state.lastIdentifier
        }
    }

    func closed(connection identifier: UInt64) {
        state.withLock { $0.connections[identifier] = nil }
    }

    /// Counts one more association of a peer until ``associationEnded(of:)``, or says why there may be none.
    func beginAssociation(of peerAddress: String) throws(AssociationRefusal) {
        let refusal: AssociationRefusal? = state.withLock { state in
            if state.isDraining { return .shuttingDown }
            guard state.associations.values.reduce(0, +) < maximumAssociations else {
                return .tooManyAssociations(limit: maximumAssociations)
            }
            guard state.associations[peerAddress, default: 0] < maximumAssociationsPerPeer else {
                return .tooManyAssociationsOfPeer(limit: maximumAssociationsPerPeer)
            }
            state.associations[peerAddress, default: 0] += 1
            return nil
        }
        if let refusal { throw refusal }
    }

    func associationEnded(of peerAddress: String) {
        state.withLock { state in
            let left = state.associations[peerAddress, default: 1] - 1
            state.associations[peerAddress] = left > 0 ? left : nil
        }
    }

    func drain() {
        let (listeners, connections) = state.withLock { state in
            state.isDraining = true
            return (state.listeners, Array(state.connections.values))
        }
        for listener in listeners { listener.close(promise: nil) }
        for connection in connections { connection.triggerUserOutboundEvent(DrainRequest(), promise: nil) }
    }
}
