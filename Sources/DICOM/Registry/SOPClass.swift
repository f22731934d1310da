/// SOP classes (PS3.4 annexes A and B.5): those that the program names itself, and all that are stored.
public enum SOPClass {
    public static let verification = UID(known: "1.2.840.10008.1.1")
    public static let storageCommitmentPushModel = UID(known: "1.2.840.10008.1.20.1")
    /// The one instance of the class before it (PS3.4 J.3.5).
    public static let storageCommitmentPushModelInstance = UID(known: "1.2.840.10008.1.20.1.1")
    public static let secondaryCaptureImageStorage = UID(known: "1.2.840.10008.5.1.4.1.1.7")
    public static let multiframeTrueColorSecondaryCaptureImageStorage = UID(known: "1.2.840.10008.5.1.4.1.1.7.4")
    public static let comprehensiveSRStorage = UID(known: "1.2.840.10008.5.1.4.1.1.88.33")
    public static let comprehensive3DSRStorage = UID(known: "1.2.840.10008.5.1.4.1.1.88.34")
    public static let enhancedSRStorage = UID(known: "1.2.840.10008.5.1.4.1.1.88.22")

    /// Whether `uid` is a storage SOP class of the standard (PS3.6 table A-1). Retired ones count: old devices still
    /// send them. A media storage directory is no object to store and does not.
    public static func isStandardStorage(_ uid: UID) -> Bool { storageRegistry[uid] != nil }

    /// The name of a storage SOP class in PS3.6 table A-1; nil for any other.
    public static func storageName(_ uid: UID) -> String? { storageRegistry[uid]?.name }

    /// All storage SOP classes of the standard, in no order.
    public static var standardStorage: some Collection<UID> { storageRegistry.keys }

    private static let storageRegistry = RegistryRow.parse(storageRows)
}
