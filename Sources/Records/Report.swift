import DICOM

/// A coded concept (PS3.3 section 8.8): value, coding scheme and meaning.
public struct CodedConcept: Sendable, Codable, Equatable {
    public var value: String
    public var scheme: String
    public var meaning: String

    public init(_ value: String, _ scheme: String, _ meaning: String) {
        self.value = value
        self.scheme = scheme
        self.meaning = meaning
    }
}

/// Which network made a finding.
public struct ModelIdentity: Sendable, Codable, Equatable {
    public var name: String
    public var version: String
    public var maker: String
    /// What the maker says it may be used for; stands in every result.
    public var intendedUse: String
    /// Of the model file.
    public var sha256: Digest

    public init(name: String, version: String, maker: String, intendedUse: String, sha256: Digest) {
        self.name = name
        self.version = version
        self.maker = maker
        self.intendedUse = intendedUse
        self.sha256 = sha256
    }
}

/// What a network says of one image.
public struct Finding: Sendable, Codable, Equatable {
    public var concept: CodedConcept
    public var anatomy: CodedConcept
    /// 0 to 1.
    public var probability: Double
    /// The operating point: the finding counts as present at or above it.
    public var threshold: Double
    /// Where, if it is present; in pixels of the source image.
    public var location: Circle?

    public var isPresent: Bool { probability >= threshold }

    public init(
        concept: CodedConcept, anatomy: CodedConcept, probability: Double, threshold: Double, location: Circle?
    ) {
        self.concept = concept
        self.anatomy = anatomy
        self.probability = probability
        self.threshold = threshold
        self.location = location
    }
}

/// A circle in image coordinates: (0, 0) is the top left corner of the top left pixel (PS3.3 C.18.6.1.1), units are
/// pixels.
public struct Circle: Sendable, Codable, Equatable {
    public var column: Double
    public var row: Double
    public var radius: Double

    public init(column: Double, row: Double, radius: Double) {
        self.column = column
        self.row = row
        self.radius = radius
    }
}

/// The findings of one model on one image: all that result objects are made of, beside the source image itself.
public struct Report: Sendable, Codable, Equatable {
    public var source: StoredInstance
    public var model: ModelIdentity
    public var findings: [Finding]
    /// The appliance's own name in results (PS3.3 station name).
    public var stationName: String

    public init(source: StoredInstance, model: ModelIdentity, findings: [Finding], stationName: String) {
        self.source = source
        self.model = model
        self.findings = findings
        self.stationName = stationName
    }
}

/// A finished DICOM object, ready to be stored and delivered.
public struct ResultObject: Sendable, Equatable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case structuredReport = "SR"
        case secondaryCapture = "SC"
    }

    public var kind: Kind
    public var sopClassUID: UID
    public var sopInstanceUID: UID
    public var studyInstanceUID: UID
    public var seriesInstanceUID: UID
    public var modality: String
    public var transferSyntax: TransferSyntax
    /// The encoded data set, without file meta information.
    public var dataSet: [UInt8]

    public init(
        kind: Kind, sopClassUID: UID, sopInstanceUID: UID, studyInstanceUID: UID, seriesInstanceUID: UID,
        modality: String, transferSyntax: TransferSyntax, dataSet: [UInt8]
    ) {
        self.kind = kind
        self.sopClassUID = sopClassUID
        self.sopInstanceUID = sopInstanceUID
        self.studyInstanceUID = studyInstanceUID
        self.seriesInstanceUID = seriesInstanceUID
        self.modality = modality
        self.transferSyntax = transferSyntax
        self.dataSet = dataSet
    }
}
