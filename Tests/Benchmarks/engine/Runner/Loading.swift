#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Inference

/// What came of reading and planning a model, and the most memory that it took.
struct Loading: Encodable {
    /// Nil where the model was taken.
    private(set) var refusal: String?
    private(set) var peakBytes = 0

    init(_ model: String) throws {
        do {
            _ = try ExecutionPlan(contentsOfFile: model)
        } catch {
            refusal = error.description
        }
        peakBytes = try Self.peakBytes()
    }

    func print() throws { System.answer(String(decoding: try JSONEncoder().encode(self), as: UTF8.self)) }

    /// The most memory that this program has held at once. What the kernel tells its parent (`ru_maxrss`) also counts
    /// what the parent held when it forked.
    private static func peakBytes() throws(RunnerError) -> Int {
        let status = FileManager.default.contents(atPath: "/proc/self/status") ?? Data()
        let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        guard let words = line?.split(whereSeparator: \.isWhitespace), words.count == 3,
            let kilobytes = Int(words[1])
        else { throw RunnerError("/proc/self/status does not say VmHWM") }
        return kilobytes * 1024
    }
}
