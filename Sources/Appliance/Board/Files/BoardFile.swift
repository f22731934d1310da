/// A board's file: bytes in, ``BoardDescription`` or everything that is wrong with it out. The same reader as the
/// configuration's, with the same limits.
enum BoardFile {
    /// Strings of one file; the kernel's own board files have two or three.
    static let maximumCompatible = 16

    enum Answer: String, CaseIterable { case yes, no }

    /// - Parameters:
    ///   - bytes: UTF-8 YAML, at most 256 KiB.
    ///   - name: the file's, without its ending.
    static func parse(_ bytes: [UInt8], name: String, file: String) throws(ConfigurationError) -> BoardDescription {
        let collector = IssueCollector()
        let board = YAMLDocument.read(bytes, collector).flatMap { node in
            root(name).read(SettingContext(node: node, path: "", folder: "", collector: collector))
        }
        guard let board, collector.issues.isEmpty else {
            throw ConfigurationError(file: file, issues: collector.sorted)
        }
        return board
    }

    private static func root(_ name: String) -> Setting<BoardDescription> {
        .section("the groups `lamps` and `button`") { section in
            let title = section.required("title", .words)
            let compatible = section.optional(
                "compatible", .list(of: .compatible, minimum: 0, maximum: maximumCompatible, distinctBy: { $0 }),
                default: [])
            let lamps = section.optional("lamps", lamps, absence: "no lamps")
            let button = section.optional("button", button, absence: "no button")
            guard let title else { return nil }
            return BoardDescription(
                name: name, title: title, compatible: compatible, lamps: lamps ?? [:], button: button)
        }
    }

    private static var lamps: Setting<[Lamp: LampPlace]> {
        .section("a group of keys with `health` and other lamps") { section in
            var lamps: [Lamp: LampPlace] = [:]
            // Without it a fault would look like a box that is switched off.
            lamps[.health] = section.required(Lamp.health.rawValue, lamp)
            for lamp in Lamp.allCases where lamp != .health {
                lamps[lamp] = section.optional(lamp.rawValue, self.lamp, absence: "no such lamp")
            }
            return lamps
        }
    }

    private static var lamp: Setting<LampPlace> {
        .section("a group of keys with `led`, or with `chip` and `line`") { section in
            if section.has("led") {
                return section.required("led", .ledName).map { .led($0) }
            }
            return line(section).map { .line($0) }
        }
    }

    private static var button: Setting<ButtonPlace> {
        .section("a group of keys with `chip` and `line`") { section in
            let bias = section.optional("bias", .choice(ButtonPlace.Bias.self), default: .none, shown: "none")
            return line(section).map { ButtonPlace(line: $0, bias: bias) }
        }
    }

    private static func line(_ section: SectionReader) -> GPIOLinePlace? {
        let chip = section.required("chip", .chipLabel)
        // A GPIO chip of the kernel may have more (linux/gpio.h has 32 bits), and none has.
        let line = section.required("line", .integer(in: 0...1023))
        let isActiveLow = section.optional("active_low", .choice(Answer.self), default: .no, shown: "no")
        guard let chip, let line else { return nil }
        return GPIOLinePlace(chip: chip, line: line, isActiveLow: isActiveLow == .yes)
    }
}

extension Setting where Value == String {
    /// For people, on one line.
    fileprivate static var words: Setting {
        scalar("1 to 80 characters on one line") { text, _ throws(Misfit) in
            guard (1...80).contains(text.unicodeScalars.count),
                !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
            else { throw Misfit() }
            return text
        }
    }

    /// A string of `compatible`: `manufacturer,model` (Devicetree Specification 0.4, 2.3.1). Without quotes the comma
    /// would make two of it in YAML's brackets.
    fileprivate static var compatible: Setting {
        scalar("a device tree's name of a board in quotes, such as \"raspberrypi,4-model-b\"") {
            text, _ throws(Misfit) in
            guard text.utf8.count <= 128, text.wholeMatch(of: /[A-Za-z0-9._+-]+,[A-Za-z0-9,._+-]+/) != nil else {
                throw Misfit()
            }
            return text
        }
    }

    /// It becomes a part of a path.
    fileprivate static var ledName: Setting {
        scalar("the name of a LED below /sys/class/leds, such as `ACT`") { text, _ throws(Misfit) in
            guard text.utf8.count <= 64, text.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9:._+-]*/) != nil else {
                throw Misfit()
            }
            return text
        }
    }

    /// The kernel's labels have at most 31 bytes (GPIO_MAX_NAME_SIZE of linux/gpio.h).
    fileprivate static var chipLabel: Setting {
        scalar("the label of a GPIO chip as `gpiodetect` shows it, 1 to 31 ASCII characters") {
            text, _ throws(Misfit) in
            guard (1...31).contains(text.utf8.count), text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
                throw Misfit()
            }
            return text
        }
    }
}
