import DICOM
import NIOCore
import Records

/// A multipart/related body (RFC 2387, PS3.18 section 8.6.1.2) with one application/dicom part for each object.
///
/// Its length is known beforehand, its bytes come one chunk at a time: no large data set is ever whole in memory. It
/// can be read once.
struct MultipartRelated: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    /// One object of the body.
    struct Part: Sendable {
        /// Boundary, part header and Part 10 header.
        var head: ByteBuffer
        var dataSet: SpooledDataSet
    }

    /// Large enough for the disk, small enough for several destinations at once.
    private static let chunkBytes = 256 << 10

    let boundary: String
    let parts: [Part]
    private let end: ByteBuffer

    init(_ objects: [(consignment: Consignment, dataSet: SpooledDataSet)]) {
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
            return Part(head: head, dataSet: object.dataSet)
        }
        end = ByteBuffer(string: "\r\n--\(boundary)--\r\n")
    }

    var contentType: String { "multipart/related; type=\"application/dicom\"; boundary=\(boundary)" }

    /// Bytes of the whole body.
    var length: Int64 {
        parts.reduce(Int64(end.readableBytes)) { $0 + Int64($1.head.readableBytes) + Int64($1.dataSet.length) }
    }

    func makeAsyncIterator() -> Iterator { Iterator(parts: parts[...], end: end) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate var parts: ArraySlice<Part>
        fileprivate var end: ByteBuffer?
        /// Bytes of the first part's data set that are still to come; nil while its head is.
        private var left: Int?

        fileprivate init(parts: ArraySlice<Part>, end: ByteBuffer) {
            self.parts = parts
            self.end = end
        }

        mutating func next() async throws -> ByteBuffer? {
            while let part = parts.first {
                guard let missing = left else {
                    left = part.dataSet.length
                    return part.head
                }
                if missing > 0 {
                    let chunk = try await part.dataSet.read(Swift.min(missing, MultipartRelated.chunkBytes))
                    left = missing - chunk.readableBytes
                    return chunk
                }
                parts.removeFirst()
                left = nil
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
