/// What a seed stands for among many: which simulation, and what is wrong with its disk.
public enum Soak {
    private static let faults: [SpoolSimulation.Faults] = [
        .init(), .init(fullDisk: true), .init(failing: [.write, .createFile, .synchronizeFolder]),
        .init(failing: [.synchronizeFile], concerns: { $0.contains("/instances/") }), .init(failing: [.read]),
        .init(failing: [.synchronizeFile], concerns: { $0.contains("/stage.sqlite") }),
    ]

    /// Few: many short runs see more beginnings and ends than a few long ones.
    private static let lives = 2

    /// Runs the simulation that the seed stands for.
    ///
    /// - Returns: what was promised and not kept.
    public static func violations(seed: UInt64) -> [String] {
        let faults = faults[Int(seed / 3 % UInt64(faults.count))]
        // The courier's takes several times as long.
        if !seed.isMultiple(of: 3) {
            var simulation = SpoolSimulation(seed: seed, faults: faults)
            return simulation.run(lives: lives).violations
        }
        var simulation = CourierSimulation(seed: seed, faults: faults)
        return simulation.run(lives: lives).violations
    }
}
