import Records

/// The coded concepts of PS3.16 that results use, under their meanings.
enum Concept {
    static let imagingMeasurementReport = CodedConcept("126000", "DCM", "Imaging Measurement Report")
    static let imagingMeasurements = CodedConcept("126010", "DCM", "Imaging Measurements")
    static let measurementGroup = CodedConcept("125007", "DCM", "Measurement Group")
    static let imageLibrary = CodedConcept("111028", "DCM", "Image Library")
    static let imageLibraryGroup = CodedConcept("126200", "DCM", "Image Library Group")

    // TID 1204
    static let language = CodedConcept("121049", "DCM", "Language of Content Item and Descendants")

    // TID 1002, TID 1004
    static let observerType = CodedConcept("121005", "DCM", "Observer Type")
    static let device = CodedConcept("121007", "DCM", "Device")
    static let deviceObserverUID = CodedConcept("121012", "DCM", "Device Observer UID")
    static let deviceObserverName = CodedConcept("121013", "DCM", "Device Observer Name")
    static let deviceObserverManufacturer = CodedConcept("121014", "DCM", "Device Observer Manufacturer")
    static let deviceObserverModelName = CodedConcept("121015", "DCM", "Device Observer Model Name")

    static let procedureReported = CodedConcept("121058", "DCM", "Procedure reported")
    /// What was reported, where the source names no procedure.
    static let imagingProcedure = CodedConcept("363679005", "SCT", "Imaging procedure")

    // TID 1410, TID 1501
    static let trackingIdentifier = CodedConcept("112039", "DCM", "Tracking Identifier")
    static let trackingUniqueIdentifier = CodedConcept("112040", "DCM", "Tracking Unique Identifier")
    static let finding = CodedConcept("121071", "DCM", "Finding")
    static let findingSite = CodedConcept("363698007", "SCT", "Finding Site")
    static let imageRegion = CodedConcept("111030", "DCM", "Image Region")
    static let sourceOfMeasurement = CodedConcept("121112", "DCM", "Source of Measurement")
    static let comment = CodedConcept("121106", "DCM", "Comment")

    // TID 4019
    static let algorithmName = CodedConcept("111001", "DCM", "Algorithm Name")
    static let algorithmParameters = CodedConcept("111002", "DCM", "Algorithm Parameters")
    static let algorithmVersion = CodedConcept("111003", "DCM", "Algorithm Version")

    /// "The certainty that a device places upon an individual finding, where 0 equals no certainty and 100 equals
    /// certainty" (PS3.16 annex D): what a probability is.
    static let certaintyOfFinding = CodedConcept("111012", "DCM", "Certainty of Finding")
    static let percent = CodedConcept("%", "UCUM", "Percent")

    /// Whether the finding that the group names is there.
    static let presence = CodedConcept("121052", "DCM", "Presence of property")
    // CID 240
    static let present = CodedConcept("52101004", "SCT", "Present")
    static let absent = CodedConcept("272519000", "SCT", "Absent")

    static let sourceImage = CodedConcept("121322", "DCM", "Source image for image processing operation")
}
