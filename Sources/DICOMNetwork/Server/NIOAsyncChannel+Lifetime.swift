import NIOCore

extension NIOAsyncChannel where Inbound: Sendable, Outbound: Sendable {
    /// The same, kept until its channel has closed.
    ///
    /// A server may end in the very moment in which a connection is accepted, and then nobody takes it. NIO ends the
    /// process where an outbound writer goes before it is finished; the close of the channel finishes it.
    package func keptUntilClosed() -> Self {
        channel.closeFuture.whenComplete { _ in withExtendedLifetime(self) {} }
        return self
    }
}
