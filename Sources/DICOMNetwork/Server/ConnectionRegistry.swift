import NIOCore
import Synchronization

/// The connections of one server: counted, bounded, and told when to end.
final class ConnectionRegistry: Sendable {
    private struct State {
        var isDraining = false
        var listener: (any Channel)?
        var connections: [UInt64: any Channel] = [:]
        var associations = 0
        var lastIdentifier: UInt64 = 0
    }

    private let state = Mutex(State())
    private let maximumConnections: Int
    private let maximumAssociations: Int

    init(maximumConnections: Int, maximumAssociations: Int) {
        self.maximumConnections = maximumConnections
        self.maximumAssociations = maximumAssociations
    }

    /// False where the server was told to stop before it began.
    func opened(listener: any Channel) -> Bool {
        state.withLock { state in
            state.listener = listener
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

    /// Whether one more association is within the limit; if so, it counts until ``associationEnded()``.
    func beginAssociation() -> Bool {
        state.withLock { state in
            guard !state.isDraining, state.associations < maximumAssociations else { return false }
            state.associations += 1
            return true
        }
    }

    func associationEnded() {
        state.withLock { $0.associations -= 1 }
    }

    func drain() {
        let (listener, connections) = state.withLock { state in
            state.isDraining = true
            return (state.listener, Array(state.connections.values))
        }
        listener?.close(promise: nil)
        for connection in connections { connection.triggerUserOutboundEvent(DrainRequest(), promise: nil) }
    }
}
