/// The lamps and the button of a board: what they are to show goes in, what was pressed and what broke comes out.
struct BoardPanel {
    /// What there is to say.
    struct Report: Sendable, Equatable {
        var part: String
        var change: RecoveringDevice<any LampOutput>.Change
    }

    private struct Output {
        var device: RecoveringDevice<any LampOutput>
        /// What was written to it last; nil after it was opened.
        var isLit: Bool?
    }

    let lamps: Set<Lamp>
    private var outputs: [Lamp: Output] = [:]
    private var button: RecoveringDevice<any ButtonInput>?
    private var watch = ButtonWatch()
    private(set) var reports: [Report] = []

    /// - Parameter board: nil for one without lamps and button.
    init(_ board: BoardDescription?, places: BoardPlaces) {
        self.init(
            outputs: (board?.lamps ?? [:]).mapValues { place in
                RecoveringDevice { () throws(BoardDeviceError) in try Self.open(place, places) }
            },
            button: board?.button.map { place in
                RecoveringDevice { () throws(BoardDeviceError) in try GPIOLine.input(place, devices: places.devices) }
            })
    }

    init(outputs: [Lamp: RecoveringDevice<any LampOutput>], button: RecoveringDevice<any ButtonInput>?) {
        lamps = Set(outputs.keys)
        self.outputs = outputs.mapValues { Output(device: $0) }
        self.button = button
    }

    private static func open(_ place: LampPlace, _ places: BoardPlaces) throws(BoardDeviceError) -> any LampOutput {
        switch place {
        case .led(let name): try LEDOutput(name, leds: places.leds)
        case .line(let line): try GPIOLine.output(line, devices: places.devices)
        }
    }

    /// Lamps that cannot be lit now.
    var lost: Set<Lamp> { Set(outputs.filter { $0.value.device.isLost }.keys) }

    /// Lights each lamp or not. Only what changed is written, and every now and then all of it: so a lamp that is lit
    /// all the time is missed when it goes, and one that somebody else switched comes right.
    mutating func show(_ lit: [Lamp: Bool], at now: Duration) {
        let writesAll = LampPattern.stepNumber(at: now) % Int64(LampPattern.steps) == 0
        for (lamp, var output) in outputs {
            let isLit = lit[lamp] ?? false
            if output.device.isOpen, output.isLit == isLit, !writesAll { continue }
            let change = output.device.use(at: now) { device throws(BoardDeviceError) in try device.set(isLit) }
            output.isLit = output.device.isOpen ? isLit : nil
            outputs[lamp] = output
            if let change { reports.append(Report(part: lamp.rawValue, change: change)) }
        }
    }

    /// What was wanted by pressing the button since the last call.
    mutating func wishes(at now: Duration) -> [ButtonWish] {
        guard button != nil else { return [] }
        var samples: [ButtonSample] = []
        let change = button?.use(at: now) { device throws(BoardDeviceError) in
            samples = try device.samples(now: now)
        }
        switch change {
        case .lost(let error):
            reports.append(Report(part: "button", change: .lost(error)))
            // Whatever was being pressed is forgotten.
            watch = ButtonWatch()
        case .recovered: reports.append(Report(part: "button", change: .recovered))
        case nil: break
        }
        return watch.take(samples, now: now)
    }

    /// What the button is doing.
    func buttonPhase(at now: Duration) -> ButtonWatch.Phase { watch.phase(at: now) }

    /// What is to be said since the last call.
    mutating func takeReports() -> [Report] {
        defer { reports = [] }
        return reports
    }
}
