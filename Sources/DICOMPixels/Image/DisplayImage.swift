import DICOM

/// From the modality's units to display gray, as the modality wants it (PS3.3 C.11.2).
public enum DisplayTransform: Sendable, Equatable {
    case window(DisplayWindow)
    case table(LookupTable)

    /// The transform that `group` holds: a data set, or an item of the Frame VOI LUT Sequence. A table goes before a
    /// window, for it is the more exact word. nil where there is none that can be applied.
    init?(_ group: DataSet, _ wordOrder: WordOrder, isSigned: Bool) {
        if let item = group.items(.voiLUTSequence).first,
            let table = try? LookupTable(
                item, wordOrder, isSigned: isSigned, descriptor: .lutDescriptor, data: .lutData) {
            self = .table(table)
        } else if let window = DisplayWindow(group) {
            self = .window(window)
        } else {
            return nil
        }
    }

    /// 0 (black) to 255 (white).
    public func gray(_ value: Double) -> UInt8 {
        switch self {
        case .window(let window): return window.gray(value)
        case .table(let table):
            // The bounds keep a rounded value within integers and change no answer: no table reaches further.
            let entry = table[Int(min(max(value.rounded(), -1e6), 1e6))]
            let highest = Double((1 << table.bits) - 1)
            return UInt8((min(Double(entry) / highest, 1) * 255).rounded())
        }
    }
}

/// A frame as it is shown: one byte of gray a pixel.
public struct DisplayImage: Sendable, Equatable {
    public let rows: Int
    public let columns: Int
    /// [rows, columns], row by row; 0 black, 255 white.
    public let gray: [UInt8]

    public init(rows: Int, columns: Int, gray: [UInt8]) {
        precondition(gray.count == rows * columns, "one byte for each pixel")
        self.rows = rows
        self.columns = columns
        self.gray = gray
    }

    /// The frame as `display` shows it, inverted where it is MONOCHROME1.
    public init(_ frame: GrayscaleFrame, _ modality: ModalityTransform, _ display: DisplayTransform) {
        let isInverted = frame.description.photometricInterpretation == .monochrome1
        let table = frame.table { value in
            let gray = display.gray(modality(value))
            return isInverted ? 255 - gray : gray
        }
        rows = frame.description.rows
        columns = frame.description.columns
        gray = frame.storedValues.map { table[Int($0 - frame.lowest)] }
    }

    /// The frame through `window`.
    public init(_ frame: GrayscaleFrame, _ modality: ModalityTransform, _ window: DisplayWindow) {
        self.init(frame, modality, .window(window))
    }
}
