/// Rows of elements that each are brought to mean 0 and variance 1, then scaled and moved: what instance, layer and
/// group normalisation have in common. Statistics are in double precision; the mean and the inverse deviation of each
/// row are the second and third result where they are wanted.
struct NormalisationBody: StepBody {
    let kernelName: String
    /// Consecutive elements that share mean and variance.
    let rowLength: Int
    let rows: Int
    /// Consecutive elements that share a scale and a bias, of which there are `entries` before they repeat themselves.
    let repeats: Int
    let entries: Int
    let epsilon: Double
    let hasBias: Bool

    func run(_ buffers: StepBuffers) {
        let scale = buffers.input(1, as: Float.self), bias = hasBias ? buffers.input(2, as: Float.self) : nil
        for row in 0..<rows {
            let start = row * rowLength
            let input = buffers.input(0, as: Float.self) + start, output = buffers.output(as: Float.self) + start
            var sum = 0.0, squares = 0.0
            for index in 0..<rowLength { sum += Double(input[index]) }
            let mean = sum / Double(rowLength)
            for index in 0..<rowLength {
                let difference = Double(input[index]) - mean
                squares += difference * difference
            }
            let factor = Float(1 / (squares / Double(rowLength) + epsilon).squareRoot()), centre = Float(mean)
            for (position, statistic) in [centre, factor].enumerated() where buffers.outputs.count > position + 1 {
                buffers.output(position + 1, as: Float.self)[row] = statistic
            }
            for index in 0..<rowLength {
                let entry = (start + index) / repeats % entries
                output[index] = (input[index] - centre) * factor * scale[entry] + (bias?[entry] ?? 0)
            }
        }
    }
}
