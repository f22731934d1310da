import Inference

/// Runs a network for somebody who watches from outside.
struct Measurement {
    let plan: ExecutionPlan
    let inputs: [String: Tensor]

    init(_ model: String, input file: String) throws {
        plan = try ExecutionPlan(contentsOfFile: model)
        let input = try plan.onlyInput
        inputs = [input.name: try NumpyFile.tensor(fromFile: file)]
    }

    /// Two runs, each an interval of the counter: the first warms up.
    func count() throws {
        System.markInterval()
        for _ in 0..<2 {
            _ = try plan.run(inputs)
            System.markInterval()
        }
        System.answer("done")
    }

    /// A run for each line of standard input, answered with the seconds that it took: by the clock, and of processor.
    func time() throws {
        _ = try plan.run(inputs)
        System.answer("ready")
        while readLine() != nil {
            let clock = System.clockSeconds(), processor = System.processorSeconds()
            _ = try plan.run(inputs)
            System.answer("\(System.clockSeconds() - clock) \(System.processorSeconds() - processor)")
        }
    }
}
