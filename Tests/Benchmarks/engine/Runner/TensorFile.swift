#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Inference

extension Tensor {
    /// Reads the tensor of a plan's value from a file of exactly its bytes.
    init(_ value: ExecutionPlan.Value, file: String) throws(RunnerError) {
        guard let data = FileManager.default.contents(atPath: file) else { throw RunnerError("cannot read \(file)") }
        let count = value.shape.reduce(1, *)
        let tensor: Tensor? =
            switch value.elementType {
            case .float32: data.values(count).map { (values: [Float]) in Tensor(shape: value.shape, values) }
            case .int8: data.values(count).map { (values: [Int8]) in Tensor(shape: value.shape, values) }
            case .uint8: data.values(count).map { (values: [UInt8]) in Tensor(shape: value.shape, values) }
            default: nil
            }
        guard let tensor else { throw RunnerError("\(file) does not hold \(value.elementType.name) \(value.shape)") }
        self = tensor
    }

    /// Writes the elements.
    func write(to file: String) throws(RunnerError) {
        let data: Data =
            switch storage {
            case .float32(let values): values.withUnsafeBytes { Data($0) }
            case .int8(let values): values.withUnsafeBytes { Data($0) }
            case .uint8(let values): values.withUnsafeBytes { Data($0) }
            case .int32(let values): values.withUnsafeBytes { Data($0) }
            case .int64(let values): values.withUnsafeBytes { Data($0) }
            }
        do { try data.write(to: URL(filePath: file)) } catch { throw RunnerError("cannot write \(file)") }
    }
}

extension Data {
    /// All bytes as `count` values, or nil where they are more or fewer.
    fileprivate func values<Value: BitwiseCopyable & ExpressibleByIntegerLiteral>(_ count: Int) -> [Value]? {
        var values = [Value](repeating: 0, count: count)
        let copied = values.withUnsafeMutableBytes { destination in
            destination.count == self.count ? copyBytes(to: destination) : -1
        }
        return copied == self.count ? values : nil
    }
}
