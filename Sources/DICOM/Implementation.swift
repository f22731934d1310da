/// How Outpost names itself on the wire and in files (PS3.7 D.3.3.2, PS3.10 section 7.1).
public enum Implementation {
    /// A UUID-derived UID (PS3.5 B.2), fixed for this implementation.
    public static let classUID = UID(known: "2.25.48328486191280910639305537780698840485")
    /// At most 16 characters (PS3.7 D.3.3.2.3).
    public static let versionName = "OUTPOST_0_1"
    public static let version = "0.1.0"
    public static let manufacturer = "Outpost"
}
