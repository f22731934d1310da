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
        let data: Data? =
            switch elementType {
            case .float32: data(Float.self)
            case .int8: data(Int8.self)
            case .uint8: data(UInt8.self)
            case .int32: data(Int32.self)
            case .int64: data(Int64.self)
            case .float16, .float64, .bool: nil
            }
        guard let data else { throw RunnerError("\(file): \(elementType.name) is not written") }
        do { try data.write(to: URL(filePath: file)) } catch { throw RunnerError("cannot write \(file)") }
    }

    private func data<Element: TensorElement>(_ type: Element.Type) -> Data? {
        elements(as: type)?.withUnsafeBytes { Data($0) }
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
