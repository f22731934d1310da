/// SOP classes that the program names itself (PS3.4 annexes A and B.5).
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

    /// Whether `uid` lies in one of the arcs under which the standard registers its storage SOP classes (PS3.6 table
    ///
    public static func isStandardStorage(_ uid: UID) -> Bool {
        uid.value.hasPrefix("1.2.840.10008.5.1.4.1.1.") || uid.value.hasPrefix("1.2.840.10008.5.1.4.34.7")
            || uid.value.hasPrefix("1.2.840.10008.5.1.4.43.1") || uid.value.hasPrefix("1.2.840.10008.5.1.4.44.1")
            || uid.value.hasPrefix("1.2.840.10008.5.1.4.45.1")
    }
}
