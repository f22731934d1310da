// Tensors as files of numpy (.npy), which every tool around networks reads and writes.
// Source: NEP 1, "A Simple File Format for NumPy Arrays", versions 1 and 2.

/// A tensor as numpy writes it to a file.
public enum NumpyFile {
    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    /// Headers hold a type, a flag and a shape; numpy itself refuses longer ones.
    private static let largestHeader = 10_000

    /// Reads a tensor from the bytes of a file; little-endian and row-major, of a type that a model can have.
    public static func tensor(from bytes: [UInt8], path: String) throws(InferenceError) -> Tensor {
        func malformed(_ problem: String) -> InferenceError { .malformed(offset: 0, path: path, problem: problem) }
        guard bytes.count >= 12, Array(bytes[..<6]) == magic, bytes[6] == 1 || bytes[6] == 2 else {
            throw malformed("not a .npy file of version 1 or 2")
        }
        let start = bytes[6] == 1 ? 10 : 12
        let length = bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= largestHeader, start + length <= bytes.count,
            let header = String(validating: bytes[start..<(start + length)], as: UTF8.self)
        else { throw malformed("a header that is too long or not text") }
        guard header.contains("'fortran_order': False") else { throw malformed("not in row-major order") }
        guard let type = types.first(where: { header.contains("'descr': '\($0.value)'") })?.key else {
            throw malformed("elements of a type that no model has; expected one of \(types.values.sorted())")
        }
        guard let shape = shape(in: header), let count = elementCount(of: shape),
            case let (byteCount, overflow) = count.multipliedReportingOverflow(by: type.byteCount), !overflow,
            byteCount == bytes.count - start - length
        else { throw malformed("a shape that its elements do not fill") }
        let elements = Array(bytes[(start + length)...])
        guard type != .bool || elements.allSatisfy({ $0 <= 1 }) else {
            throw malformed("a bool that is neither 0 nor 1")
        }
        return Tensor(shape: shape, elementType: type, bytes: elements)
    }

    /// Reads a tensor from a file of at most `maximumBytes`.
    public static func tensor(
        fromFile path: String, maximumBytes: Int = 1 << 30
    ) throws(InferenceError) -> Tensor {
        let file = try ModelBytes(path: path, maximumBytes: maximumBytes)
        return try tensor(from: file.withBytes(file.indices) { Array($0) }, path: path)
    }

    /// The bytes of a file that holds the tensor.
    public static func bytes(_ tensor: Tensor) -> [UInt8] {
        let sizes = tensor.shape.map { "\($0)," }.joined(separator: " ")
        var header = "{'descr': '\(types[tensor.elementType] ?? "")', 'fortran_order': False, 'shape': (\(sizes)), }"
        // Ends with a newline, on a multiple of 64 bytes.
        header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
        let length = header.utf8.count
        let version: [UInt8] = [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
        return magic + version + Array(header.utf8) + tensor.bytes.array
    }

    private static let types: [ElementType: String] = [
        .float32: "<f4", .uint8: "|u1", .int8: "|i1", .int32: "<i4", .int64: "<i8", .bool: "|b1", .float16: "<f2",
        .float64: "<f8",
    ]

    /// `'shape': (1, 3, 224, 224)`
    private static func shape(in header: String) -> [Int]? {
        guard let field = header.firstMatch(of: #/'shape': \((?<sizes>[0-9, ]*)\)/#) else { return nil }
        let sizes = field.sizes.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
        let numbers = sizes.compactMap { Int($0) }
        return numbers.count == sizes.count ? numbers : nil
    }
}
