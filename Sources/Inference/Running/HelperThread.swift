#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// One thread of the system.
struct HelperThread: @unchecked Sendable {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private let thread: pthread_t

    /// Starts running `body`; nil where the system has no thread left to give.
    init?(running body: @escaping @Sendable () -> Void) {
        let retained = Unmanaged.passRetained(Body(body))
        #if canImport(Darwin)
        var created: pthread_t?
        let status = pthread_create(&created, nil, { HelperThread.enter($0) }, retained.toOpaque())
        #else
        var handle = pthread_t()
        let status = pthread_create(&handle, nil, { HelperThread.enter($0) }, retained.toOpaque())
        let created: pthread_t? = handle
        #endif
        guard status == 0, let created else {
            retained.release()
            return nil
        }
        thread = created
    }

    /// Waits for its end.
    func join() { pthread_join(thread, nil) }

    private static func enter(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument else { return nil }
        Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
        return nil
    }
}
