import Records

/// Where each stage keeps its things below the data folder.
public enum StageFiles {
    /// The folder that `stage` owns and alone writes to.
    public static func folder(_ stage: Stage, in dataFolder: String) -> String { "\(dataFolder)/\(stage.rawValue)" }

    static func database(_ folder: String) -> String { "\(folder)/stage.sqlite" }
    static func instances(_ folder: String) -> String { "\(folder)/instances" }
}
