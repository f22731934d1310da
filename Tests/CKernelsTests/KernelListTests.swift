import CKernelCheck
import CKernels
import Testing

/// The kernel list: every row against a plain formula, and the order that choosing relies on.
///
/// One test at a time: the check, which also stands alone as a C program, keeps its state in that program.
@Suite("Kernel list", .serialized)
struct KernelListTests {
    @Test("every kernel is exact and stays within its buffers", arguments: [UInt32(1), 2026])
    func exactness(seed: UInt32) {
        #expect(ck_check_all(seed, 200) == 0)
    }

    @Test("each operation begins with a scalar reference that needs nothing and takes any weight")
    func references() {
        for operation in 0..<CK_OPERATION_COUNT.rawValue {
            let first = (0..<ck_kernel_count()).map { ck_kernel_at($0).pointee }
                .first { $0.operation.rawValue == operation }
            #expect(first.map { String(cString: $0.variant) } == "scalar")
            #expect(first?.required_features == 0)
            #expect(first?.weight_minimum == -128)
        }
    }

    @Test("every tile has a size")
    func tiles() {
        for index in 0..<ck_kernel_count() {
            let tile = ck_kernel_at(index).pointee.tile
            #expect(tile.rows > 0 && tile.columns > 0 && tile.depth > 0)
        }
    }
}
