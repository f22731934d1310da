/// What the lamps tell of the box. Several hold at once; ``LampTable`` says which of them a lamp shows.
public enum BoardState: String, Sendable, Codable, CaseIterable {
    /// A new program is put in place: the power must stay on.
    case updating
    /// A unit is dead, hangs or cannot work, or the box takes no images.
    case fault
    /// A unit is on its way up.
    case booting
    /// The box has no configuration yet.
    case notProvisioned
    /// Less of the disk is free than the configuration wants.
    case diskNearlyFull
    /// An archive that is spoken to by DICOM cannot be reached; what is for it waits.
    case pacsUnreachable
    /// The hub cannot be reached; what is for it waits.
    case waitingForHub
    /// Something was refused: objects by a destination, or a network by this box.
    case needsAttention
    case receiving
    case analysing
    /// Every unit works.
    case ready
}
