import CKernels

/// Any function of one 8-bit value, from a table of all its values.
struct LookupBody: StepBody {
    private let count: Int
    private let table: AlignedBytes
    private let kernel: Kernel

    /// - Parameters:
    ///   - count: bytes, those of surplus channels included.
    ///   - table: results for -128...127 in signed form, in this order.
    init(count: Int, table: [Int8], kernels: KernelSet) {
        precondition(table.count == 256, "a table of other than 256 entries")
        self.count = count
        self.table = AlignedBytes(table)
        kernel = kernels.kernel(CK_LOOKUP_I8)
    }

    var kernelName: String { kernel.name }
    var constantBytes: Int { table.count }
    var isDivisible: Bool { true }
    var sharing: [MemorySharing] { [.inPlace(result: 0, operand: 0)] }

    func run(_ buffers: StepBuffers) {
        var arguments = ck_lookup_i8(
            count: count, input: buffers.input(0, as: Int8.self), output: buffers.output(as: Int8.self),
            table: table.values(as: Int8.self), part: buffers.part, part_count: buffers.partCount)
        kernel.row.run.lookup_i8(&arguments)
    }
}
