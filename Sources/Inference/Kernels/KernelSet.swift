import CKernels

/// Which kernels a plan may use: for every operation, rows of the kernel list in order of preference.
public struct KernelSet: Sendable, Equatable {
    /// What people call it: `best`, or the variant's name.
    public let name: String
    /// The one variant allowed beside the scalar reference, or nil for all.
    private let variant: String?

    /// All that this processor can run, the best first.
    public static var best: KernelSet { KernelSet(name: "best", variant: nil) }

    /// Only one variant, and the scalar reference where the variant lacks an operation. For tests and comparisons.
    public static func named(_ name: String) throws(InferenceError) -> KernelSet {
        guard available.contains(name) else { throw .unknownKernels(name: name, available: available) }
        return KernelSet(name: name, variant: name)
    }

    /// The variants that this processor can run.
    public static var available: [String] {
        var names: [String] = []
        for row in usableRows where !names.contains(row.variantName) { names.append(row.variantName) }
        return names
    }

    /// The best allowed kernel of an operation.
    func kernel(_ operation: ck_operation) -> Kernel {
        guard let best = candidates(operation).first else {
            preconditionFailure("the kernel list lacks a scalar reference")
        }
        return best
    }

    /// All allowed kernels of an operation that are exact with weights not below the given one, the best first.
    func candidates(_ operation: ck_operation, smallestWeight: Int8 = 0) -> [Kernel] {
        Self.usableRows.reversed().filter {
            $0.row.operation == operation && allows($0.variantName) && $0.row.weight_minimum <= Int32(smallestWeight)
        }
    }

    private func allows(_ name: String) -> Bool { variant == nil || name == variant || name == "scalar" }

    /// Rows whose required features this processor has, in the list's order: later ones are preferred.
    private static var usableRows: [Kernel] {
        let features = ck_cpu_features()
        return (0..<ck_kernel_count()).map { Kernel(index: $0) }
            .filter { $0.row.required_features & ~features == 0 }
    }
}

/// One row of the kernel list.
struct Kernel: Sendable, Equatable {
    let index: Int

    var pointer: UnsafePointer<ck_kernel> { ck_kernel_at(index) }
    var row: ck_kernel { pointer.pointee }
    var variantName: String { String(cString: row.variant) }
    /// `conv2d_i8 neon`
    var name: String { "\(String(cString: row.name)) \(variantName)" }
}
