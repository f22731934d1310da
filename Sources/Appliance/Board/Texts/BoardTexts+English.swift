extension BoardTexts {
    public static let english = BoardTexts(
        title: "What the lamps say",
        introduction: """
            A row of dots is two seconds of a lamp, and then it begins anew: ● is lit, ○ is dark. Look at the rhythm; \
            colours mean nothing. A lamp that is not named for a state is dark, or shows another state that holds at \
            the same time. Where two want the same lamp, it shows the one that stands higher in the table.
            """,
        columns: Columns(
            state: "State", lamps: "Lamps", meaning: "What it means", advice: "What to do",
            press: "Button", lamp: "Lamp", rhythm: "Rhythm"),
        lamp: { lamp in
            switch lamp {
            case .health: "Health"
            case .hub: "Network"
            case .activity: "Activity"
            case .attention: "Attention"
            }
        },
        lampPurpose: { lamp in
            switch lamp {
            case .health: "whether the box works"
            case .hub: "whether archive and hub can be reached"
            case .activity: "whether it is receiving or analysing"
            case .attention: "whether somebody should look"
            }
        },
        pattern: { pattern in
            switch pattern {
            case .off: "dark"
            case .on: "lit"
            case .wink: "lit, with a short gap every two seconds"
            case .slowBlink: "blinks slowly"
            case .fastBlink: "blinks fast"
            case .doubleFlash: "two flashes, then a pause"
            case .tripleFlash: "three flashes, then a pause"
            case .longAndShort: "long and short in turn"
            case .secondsCount: "a short flash each second"
            }
        },
        state: { state in
            switch state {
            case .updating:
                StateWords(
                    name: "Updating", meaning: "A new program is being put in place.",
                    advice: "Do not switch the box off. It is ready again by itself.")
            case .fault:
                StateWords(
                    name: "Fault",
                    meaning: "A part of the box has failed, or its disk is full. Images may not be received.",
                    advice: "If it does not end within five minutes, call the technician. Nothing is lost by waiting: "
                        + "what was received is kept.")
            case .booting:
                StateWords(
                    name: "Starting", meaning: "The box is starting.", advice: "Wait. It takes about two minutes.")
            case .notProvisioned:
                StateWords(
                    name: "Not set up", meaning: "The box has no settings yet. It receives nothing.",
                    advice: "Call the technician.")
            case .diskNearlyFull:
                StateWords(
                    name: "Disk nearly full", meaning: "Room for images runs out.",
                    advice: "Call the technician today. Images are still received, unless the box shows a fault.")
            case .pacsUnreachable:
                StateWords(
                    name: "Archive (PACS) cannot be reached",
                    meaning: "Images are received and wait here until the archive answers.",
                    advice: "Look whether the archive and the network work. Nothing is lost.")
            case .waitingForHub:
                StateWords(
                    name: "Waiting for the hub",
                    meaning: "The line to the central hub is down. What is for it waits here.",
                    advice: "Nothing, or look after the internet connection. Nothing is lost.")
            case .needsAttention:
                StateWords(
                    name: "Needs a look",
                    meaning: "A destination refused an object, or a network for analysis cannot be used.",
                    advice: "Tell the technician. Images are received and delivered.")
            case .receiving:
                StateWords(name: "Receiving", meaning: "Images are coming in.", advice: "Nothing.")
            case .analysing:
                StateWords(name: "Analysing", meaning: "Images are being analysed.", advice: "Nothing.")
            case .ready:
                StateWords(
                    name: "Ready", meaning: "The box works, and reaches all destinations.", advice: "Nothing.")
            }
        },
        notShown: "not shown",
        buttonTitle: "The button",
        identify: ButtonWords(
            press: "pressed shortly", lamps: { "all lamps: \($0), for 30 seconds" },
            meaning: "Shows which box it is. Nothing changes."),
        counting: ButtonWords(
            press: "held for 2 to 10 seconds", lamps: { "all lamps: \($0)" },
            meaning: "Counts. Let go, and nothing happens."),
        reset: ButtonWords(
            press: "held for 10 to 30 seconds", lamps: { "all lamps: \($0)" },
            meaning: "Let go, and the box goes back to being set up: its settings are put aside, and it receives "
                + "nothing until it has new ones. Images and results stay."),
        stuck: ButtonWords(
            press: "held for longer", lamps: { _ in "as without the button" },
            meaning: "The button counts as stuck, and nothing happens."),
        fewerTitle: "Boxes with fewer lamps",
        fewerIntroduction: "What has no lamp of its own there is shown by another one.",
        darkTitle: "All lamps are dark",
        dark: "The box has no power, or its lamps are not connected, or the program that lights them does not run. "
            + "Look whether the power supply is plugged in; if it is, call the technician.")
}
