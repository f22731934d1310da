import Foundation

extension SelfTest {
    /// Where the networks lie that come with the program.
    public static let shippedModelsFolder = "/usr/share/outpost/models"

    /// All checks of a box.
    ///
    /// - Parameters:
    ///   - file: the configuration; that there is none is nothing to fail for.
    ///   - language: nil takes the configuration's.
    ///   - modelsFolder: where to look for networks beside those that are configured.
    ///   - unitsMustRun: the units were started, so that one that does not run is a fault.
    ///   - further: checks of parts that only some boxes have.
    public static func ofBox(
        file: String, language: ApplianceConfiguration.Language? = nil,
        modelsFolder: String = shippedModelsFolder, unitsMustRun: Bool = false, further: [any SelfTestCheck] = []
    ) -> SelfTest {
        var configuration: Result<ApplianceConfiguration, ConfigurationError>?
        if FileManager.default.fileExists(atPath: file) {
            do throws(ConfigurationError) {
                configuration = .success(try ConfigurationFile.load(file).settings)
            } catch {
                configuration = .failure(error)
            }
        }
        let settings = try? configuration?.get()
        let dataFolder = settings?.dataFolder ?? BoxPlaces().dataFolder
        let analysis = settings?.analysis ?? .init(font: ConfigurationSchema.defaultFont, models: [])
        let checks: [any SelfTestCheck] = [
            ConfigurationSelfTest(file: file, configuration: configuration, disk: LocalDisk()),
            InferenceSelfTest(settings: analysis, shippedFolder: modelsFolder),
            SpoolSelfTest(dataFolder: dataFolder),
            DiskSelfTest(dataFolder: dataFolder, storage: settings?.storage ?? .init()),
            ClockSelfTest(dataFolder: dataFolder, clock: .system),
            NetworkSelfTest(configuration: settings, dataFolder: dataFolder) {
                await SystemProgram("systemctl", ["is-active", "--quiet", "outpost-intake.socket"]).succeeds()
            },
            StagesSelfTest(dataFolder: dataFolder, mustRun: unitsMustRun && settings != nil),
            LampsSelfTest(dataFolder: dataFolder, board: settings?.board),
        ] + further
        return SelfTest(checks, language: language ?? settings?.station.language ?? .english)
    }
}
