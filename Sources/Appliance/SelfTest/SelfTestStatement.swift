import Records

/// What a self-test can say; ``SelfTestTexts`` has the sentences. A `reason` is technical and stays in English.
public enum SelfTestStatement: Sendable, Equatable {
    // The configuration.
    case configurationGood(file: String)
    case notProvisioned(file: String)
    /// The one in force cannot be read by this version.
    case configurationUnusable(file: String, reason: String)
    /// Something on the box does not go with it.
    case configurationUnfit(reason: String)

    // Networks.
    /// `cases` golden cases came out bit for bit.
    case goldenRight(model: String, cases: Int)
    case goldenWrong(model: String, output: String, number: Int)
    /// The golden cases beside it are another network's.
    case goldenOfOtherModel(model: String)
    case goldenUnreadable(model: String, reason: String)
    /// It can be run, and there is nothing to compare its results with.
    case modelWithoutGolden(model: String)
    case modelRefused(model: String, reason: String)
    case modelMissing(model: String)
    case noModels

    // The spool.
    case spoolEmpty
    case spoolWhole(stage: Stage, looked: Int64, objects: Int64)
    case spoolKeepsNoObjects(stage: Stage)
    case databaseBroken(stage: Stage, reason: String)
    case databaseTooLarge(stage: Stage)
    case databasesSetAside(stage: Stage, count: Int64)
    case objectsFaulty(stage: Stage, count: Int, looked: Int64)
    case spoolUnreadable(stage: Stage, reason: String)

    // The disk.
    case diskGood(freePercent: Int, milliseconds: Int)
    case diskLow(freePercent: Int)
    case diskSlow(milliseconds: Int)
    case dataFolderMissing(folder: String)
    case dataFolderReadOnly(folder: String, reason: String)
    case diskFails(folder: String, reason: String)
    /// The file system has counted errors since it was made or last repaired.
    case fileSystemErrors(count: Int)

    // The clock.
    case clockTrusted(time: String)
    case clockNotTrusted(time: String, floor: String, ceiling: String)
    case clockUnknown(reason: String)

    // The network.
    case addressed(interface: String, addresses: [String])
    case noAddress
    case portOpen(port: Int)
    case portFree(port: Int)
    case portTaken(port: Int)
    /// The address to listen on is none of this box.
    case addressNotHere(address: String)
    case destinationAnswers(name: String)
    case destinationSilent(name: String, reason: String)
    case noDestinations

    // The stages.
    case stageRuns(stage: Stage)
    case stageAnswersNot(stage: Stage, reason: String)
    case stageDown(stage: Stage)
    case stagesNotStarted

    // The lamps.
    /// The board's unit drives `count` lamps.
    case lampsWork(board: String, count: Int)
    case lampsLost([String])
    /// The board's unit does not run, and a file describes the board.
    case boardKnown(title: String)
    case boardUnusable(reason: String)
    case noLamps
}
