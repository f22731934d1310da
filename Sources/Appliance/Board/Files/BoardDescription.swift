/// A board as its file in `provisioning/boards` describes it: where its lamps and its button are.
struct BoardDescription: Sendable, Equatable {
    /// The file's name without its ending.
    var name: String
    /// For people.
    var title: String
    /// Strings of the device tree's `compatible`, one of which such a board has; empty: it is chosen by name only.
    var compatible: [String]
    /// With ``Lamp/health``; empty on a board without lamps.
    var lamps: [Lamp: LampPlace]
    var button: ButtonPlace?
}

/// What lights a lamp.
enum LampPlace: Sendable, Equatable {
    /// A LED of the kernel's LED class, by its name below `/sys/class/leds`.
    case led(String)
    case line(GPIOLinePlace)
}

struct GPIOLinePlace: Sendable, Equatable {
    /// The label of the chip, as `gpiodetect` shows it. The numbers of `/dev/gpiochip*` change from start to start.
    var chip: String
    /// 0 to 1023.
    var line: Int
    /// Whether a low level is "on".
    var isActiveLow: Bool
}

struct ButtonPlace: Sendable, Equatable {
    enum Bias: String, Sendable, CaseIterable {
        case none, pullUp = "pull-up", pullDown = "pull-down"
    }

    var line: GPIOLinePlace
    /// The resistor that the chip is to switch on.
    var bias: Bias
}
