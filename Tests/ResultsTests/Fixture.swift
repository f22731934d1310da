import DICOM
import Foundation
import Records
import Results
import TestSupport
import Testing

/// Source images, made once for all tests.
enum Sources {
    static let folder = try? TemporaryFolder()

    private static let paths: Result<[String: String], any Error> = Result {
        let script = Repository.root.path + "/Tests/ResultsTests/Python/make_sources.py"
        let model = Repository.root.path + "/provisioning/models/chest-nodule"
        let path = try #require(folder).path
        return try JSONDecoder().decode([String: String].self, from: Tool.python(script, [model, path]).output)
    }

    static func path(_ name: String) throws -> String { try #require(paths.get()[name]) }
    static func file(_ name: String) throws -> DICOMFile { try DICOMFile(path: path(name)) }
}

enum Fixture {
    static let font = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
    static let deviceUID = UID(known: "2.25.4711")

    static func writer(_ texts: Texts = .english, font: String = font) -> ResultWriter {
        ResultWriter(texts: texts, fontPath: font, deviceUID: deviceUID)
    }

    /// FNV-1a, twice: enough to tell names apart in a test.
    static func uid(_ name: String) -> UID {
        let halves = [UInt64(0xCBF2_9CE4_8422_2325), 0x9E37_79B9_7F4A_7C15].map { start in
            name.utf8.reduce(start) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        }
        return UID(derivedFrom: halves.flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> ($0 * 8)) } })
    }

    static func finding(_ probability: Double, at location: Circle? = nil) -> Finding {
        Finding(
            concept: CodedConcept("27925004", "SCT", "Nodule"), anatomy: CodedConcept("39607008", "SCT", "Lung"),
            probability: probability, threshold: 0.5, location: location)
    }

    static func report(
        _ file: DICOMFile, _ findings: [Finding], model: String = "chest-nodule",
        intendedUse: String = "Demonstration, not for clinical use"
    ) throws -> Report {
        let source = file.dataSet
        let instance = StoredInstance(
            sequence: 1, sopClassUID: try #require(source.uid(.sopClassUID)),
            sopInstanceUID: try #require(source.uid(.sopInstanceUID)),
            studyInstanceUID: try #require(source.uid(.studyInstanceUID)),
            seriesInstanceUID: try #require(source.uid(.seriesInstanceUID)), transferSyntax: file.transferSyntax,
            dataSetLength: 0, sha256: try #require(Digest([UInt8](repeating: 1, count: 32))),
            peer: Peer(callingAETitle: "MODALITY", calledAETitle: "OUTPOST", address: "127.0.0.1"),
            // 2026-03-01T23:30:00Z
            received: RecordedTime(Timestamp(microseconds: 1_772_407_800_000_000), isTrusted: true),
            modality: source.string(.modality), bodyPartExamined: nil)
        let identity = ModelIdentity(
            name: model, version: "1.0.0", maker: "Outpost", intendedUse: intendedUse,
            sha256: try #require(Digest([UInt8](repeating: 0xAB, count: 32))))
        return Report(source: instance, model: identity, findings: findings, stationName: "OUTPOST-1")
    }
}

/// What `read_results.py` says.
struct Reading: Decodable {
    struct Measurement: Decodable, Equatable {
        var name: String
        var value: Double
        var unit: String
    }
    struct Group: Decodable {
        var finding, site, trackingIdentifier, trackingUID, algorithm, comment, image: String
        var measurements: [Measurement]
        var evaluations: [String: String]
        var graphicType: String?
        var graphicData: [Double]?
    }
    var source, report, capture: [String: String]
    var nameBytes, characterSets: [String]
    var language: String
    var device: [String]
    var evidence, template: String
    var flags, contentTime: [String]
    var regions, wholes: [Group]
    var captureShape: [Int]
    var captureSource, captureDescription: String
    var captureKind: [String]
    /// Pixels that are not gray.
    var dull: Int
}

/// Results written as files, and read by their receivers.
struct Written {
    let folder: TemporaryFolder
    let objects: [ResultObject]
    let paths: [String]
    let sourcePath: String

    init(_ source: String, _ findings: [Finding], _ texts: Texts = .english) throws {
        folder = try TemporaryFolder()
        sourcePath = try Sources.path(source)
        let file = try Sources.file(source)
        objects = try Fixture.writer(texts).write(
            report: try Fixture.report(file, findings), source: file.dataSet, deriveUID: Fixture.uid)
        paths = objects.map { [folder] in folder.file($0.kind.rawValue + ".dcm").path }
        for (object, path) in zip(objects, paths) { try DICOMFile.write(object, to: path) }
    }

    /// A picture is kept too where the environment names a folder for it.
    func read(picture name: String? = nil) throws -> Reading {
        var arguments = [sourcePath] + paths
        if let name, let folder = ProcessInfo.processInfo.environment["OUTPOST_PICTURES"] {
            arguments.append(folder + "/" + name + ".png")
        }
        let script = Repository.root.path + "/Tests/ResultsTests/Python/read_results.py"
        return try JSONDecoder().decode(Reading.self, from: Tool.python(script, arguments).output)
    }
}
