import CKernels

/// Limits each element of a float value; what ReLU and Clip do when they are not fused.
struct ClampBody: StepBody {
    let count: Int
    let limits: ClosedRange<Float>

    var kernelName: String { "clamp_f32 scalar" }

    func run(_ buffers: StepBuffers) {
        ck_clamp_f32(
            count, buffers.input(0, as: Float.self), limits.lowerBound, limits.upperBound,
            buffers.output(as: Float.self))
    }
}
