extension SelfTestTexts {
    public static let english = SelfTestTexts(
        subject: { subject in
            switch subject {
            case .configuration: "configuration"
            case .inference: "networks"
            case .spool: "spool"
            case .disk: "disk"
            case .clock: "clock"
            case .network: "network"
            case .stages: "units"
            case .lamps: "lamps"
            }
        },
        verdict: { verdict in
            switch verdict {
            case .ok: "ok"
            case .attention: "ATTENTION"
            case .failed: "FAILED"
            }
        },
        sentence: { statement in
            switch statement {
            case .configurationGood(let file): "\(file) can be used."
            case .notProvisioned(let file):
                "There is no configuration (\(file)): put one on the boot partition as outpost/outpost.yaml."
            case .configurationUnusable(let file, let reason):
                "This version cannot use \(file): \(reason). Go back to the version before, or mend the file."
            case .configurationUnfit(let reason): "The configuration does not fit this box: \(reason)."

            case .goldenRight(let model, let cases):
                "\(model) computes exactly what it should (\(cases) known \(cases == 1 ? "case" : "cases"))."
            case .goldenWrong(let model, let output, let number):
                "\(model) computes something else than it should (case \(number), output \(output)): do not use this "
                    + "version on this processor, and tell the central team."
            case .goldenOfOtherModel(let model):
                "The known cases beside \(model) belong to another network: put the network and its cases there "
                    + "together."
            case .goldenUnreadable(let model, let reason):
                "The known cases of \(model) cannot be read: \(reason). Put them there again."
            case .modelWithoutGolden(let model): "\(model) can be run. There are no known cases to compare it with."
            case .modelRefused(let model, let reason): "\(model) cannot be run by this version: \(reason)"
            case .modelMissing(let model):
                "The file of \(model) is missing: put it there, or take it out of the configuration."
            case .noModels: "No network is configured: images are stored and forwarded only."

            case .spoolEmpty: "Nothing is kept yet."
            case .spoolWhole(let stage, let looked, let objects):
                "\(stage.rawValue): the database is whole; the newest \(looked) of \(objects) objects are as they were "
                    + "written (their ends were looked at; `outpost spool verify` reads every byte)."
            case .spoolKeepsNoObjects(let stage): "\(stage.rawValue): the database is whole."
            case .databaseBroken(let stage, let reason):
                "\(stage.rawValue): the database is damaged (\(reason)). The next start of the unit makes it anew from "
                    + "the files; have the disk looked at."
            case .databaseTooLarge(let stage):
                "\(stage.rawValue): the database is too large to be looked through in this time; nothing wrong was "
                    + "seen."
            case .databasesSetAside(let stage, let count):
                "\(stage.rawValue): \(count) damaged \(count == 1 ? "database was" : "databases were") set aside "
                    + "earlier (stage.sqlite.broken-…): send them to the central team, and leave them where they are."
            case .objectsFaulty(let stage, let count, let looked):
                "\(stage.rawValue): \(count) of the newest \(looked) objects are not as they were written: run "
                    + "`outpost spool verify`, and ask the senders for those again."
            case .spoolUnreadable(let stage, let reason): "\(stage.rawValue): the spool cannot be read: \(reason)"

            case .diskGood(let percent, let milliseconds):
                "\(percent) % free; what is written is safe after \(milliseconds) ms."
            case .diskLow(let percent):
                "Only \(percent) % of the disk are free: see in `outpost queue list` what does not arrive, and why."
            case .diskSlow(let milliseconds):
                "The disk took \(milliseconds) ms to make a small file safe: have it looked at if it stays so."
            case .dataFolderMissing(let folder):
                "The data folder \(folder) is not there: look whether the data partition was opened and mounted."
            case .dataFolderReadOnly(let folder, let reason):
                "Nothing can be written into \(folder): \(reason). Look how the data partition is mounted."
            case .diskFails(let folder, let reason):
                "Writing into \(folder) fails: \(reason). Make room, or have the disk replaced."
            case .fileSystemErrors(let count):
                "The file system of the data partition counts \(count) \(count == 1 ? "error" : "errors"): have it "
                    + "checked (fsck) and the disk looked at."

            case .clockTrusted(let time): "It is \(time), which can be right."
            case .clockNotTrusted(let time, let floor, let ceiling):
                "It is said to be \(time), which cannot be right: it is later than \(floor) and earlier than "
                    + "\(ceiling). Look after the time server's address and the network."
            case .clockUnknown(let reason): "What is known of the time cannot be read: \(reason)"

            case .addressed(let interface, let addresses):
                "\(interface) is connected, as \(addresses.joined(separator: ", "))."
            case .noAddress: "No network is connected: look after the cable, the switch and the address."
            case .portOpen(let port): "Port \(port) is open for images."
            case .portFree(let port): "Port \(port) is free for intake, which does not run yet."
            case .portTaken(let port):
                "Another program listens on port \(port): end it, or choose another port for intake."
            case .addressNotHere(let address):
                "Intake is to listen on \(address), which is no address of this box now: correct `intake.address`, or "
                    + "look after the network."
            case .destinationAnswers(let name): "\(name) answers."
            case .destinationSilent(let name, let reason):
                "\(name) does not answer: \(reason). What is for it waits here and is sent later."
            case .noDestinations: "No destination is configured: everything stays on this box."

            case .stageRuns(let stage): "\(stage.rawValue) runs."
            case .stageAnswersNot(let stage, let reason): "\(stage.rawValue) runs and does not answer: \(reason)"
            case .stageDown(let stage):
                "\(stage.rawValue) does not run: `journalctl -u outpost-\(stage.rawValue)` says why."
            case .stagesNotStarted: "The units do not run yet."

            case .lampsWork(let board, let count):
                "\(board): \(count) \(count == 1 ? "lamp" : "lamps"), all of them can be lit."
            case .lampsLost(let lamps):
                "These lamps cannot be lit: \(lamps.joined(separator: ", ")). `journalctl -u outpost-board` says why."
            case .boardKnown(let title): "\(title): the unit that lights its lamps does not run yet."
            case .boardUnusable(let reason): "A board's file cannot be used: \(reason)"
            case .noLamps: "No file describes lamps on this board: it works without."
            }
        },
        summary: { worst, toLookAt in
            switch worst {
            case .ok: "All is well."
            case .attention: toLookAt == 1 ? "One thing needs attention." : "\(toLookAt) things need attention."
            case .failed: "This version does not do its work on this box."
            }
        })
}
