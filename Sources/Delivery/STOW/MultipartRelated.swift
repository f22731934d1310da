import DICOM
import NIOCore
import Records

/// A multipart/related body (RFC 2387, PS3.18 section 8.6.1.2) with one application/dicom part for each object.
///
/// Its length is known beforehand, its bytes come one chunk at a time: no data set is ever whole in memory.
struct MultipartRelated: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    /// One object of the body.
    struct Part: Sendable {
        /// Boundary, part header and Part 10 header.
        var head: ByteBuffer
        var file: DataSetFile
    }

    let boundary: String
    let parts: [Part]
    private let end: ByteBuffer

    init(_ objects: [(consignment: Consignment, file: DataSetFile)]) {
        let boundary = Self.makeBoundary()
        self.boundary = boundary
        parts = objects.enumerated().map { index, object in
            let consignment = object.consignment
            // Without the transfer-syntax parameter, which the Part 10 header says anyway: Orthanc skips a part that
            // has it and answers 200.
            var head = ByteBuffer(
                string: (index == 0 ? "" : "\r\n") + "--\(boundary)\r\nContent-Type: application/dicom\r\n\r\n")
            head.writeBytes(
                Part10.header(
                    sopClassUID: consignment.sopClassUID, sopInstanceUID: consignment.sopInstanceUID,
                    transferSyntax: consignment.transferSyntax))
            return Part(head: head, file: object.file)
        }
        end = ByteBuffer(string: "\r\n--\(boundary)--\r\n")
    }

    var contentType: String { "multipart/related; type=\"application/dicom\"; boundary=\(boundary)" }

    /// Bytes of the whole body.
    var length: Int64 {
        parts.reduce(Int64(end.readableBytes)) { $0 + Int64($1.head.readableBytes) + $1.file.length }
    }

    func makeAsyncIterator() -> Iterator { Iterator(parts: parts[...], end: end) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate var parts: ArraySlice<Part>
        fileprivate var end: ByteBuffer?
        /// Where the first part's data set goes on; nil while its head is still to come.
        private var offset: Int64?

        fileprivate init(parts: ArraySlice<Part>, end: ByteBuffer) {
            self.parts = parts
            self.end = end
        }

        mutating func next() async throws -> ByteBuffer? {
            while let part = parts.first {
                guard let position = offset else {
                    offset = 0
                    return part.head
                }
                if position < part.file.length {
                    let chunk = try await part.file.chunk(at: position)
                    offset = position + Int64(chunk.readableBytes)
                    return chunk
                }
                parts.removeFirst()
                offset = nil
            }
            defer { end = nil }
            return end
        }
    }

    /// Random, so that nobody can put it into an image on purpose; 128 bits, so that chance does not either.
    private static func makeBoundary() -> String {
        var generator = SystemRandomNumberGenerator()
        let (high, low): (UInt64, UInt64) = (generator.next(), generator.next())
        return "outpost-\(String(high, radix: 16))-\(String(low, radix: 16))"
    }
}
