import DICOM

/// From stored values to the modality's units: Hounsfield units for CT, otherwise what the maker chose (PS3.3 C.11.1).
public enum ModalityTransform: Sendable, Equatable {
    /// value = stored value × slope + intercept.
    case rescale(slope: Double, intercept: Double)
    case table(LookupTable)

    /// Stored values as they are.
    public static let identity = ModalityTransform.rescale(slope: 1, intercept: 0)

    public func callAsFunction(_ storedValue: Int32) -> Double {
        switch self {
        case .rescale(let slope, let intercept): Double(storedValue) * slope + intercept
        case .table(let table): Double(table[Int(storedValue)])
        }
    }

    /// The transform that `group` holds: a data set, or an item of the Pixel Value Transformation Sequence. Identity
    /// where there is none.
    ///
    /// - Throws: ``PixelError/unusableNumber(_:)``, ``PixelError/unusableTable(_:)`` or ``PixelError/missing(_:)``.
    init(_ group: DataSet, _ wordOrder: WordOrder, isSigned: Bool) throws(PixelError) {
        if let item = group.items(.modalityLUTSequence).first {
            self = .table(
                try LookupTable(item, wordOrder, isSigned: isSigned, descriptor: .lutDescriptor, data: .lutData))
        } else {
            self = .rescale(
                slope: try Self.number(.rescaleSlope, in: group) ?? 1,
                intercept: try Self.number(.rescaleIntercept, in: group) ?? 0)
        }
    }

    /// Far beyond any modality's units, and far from where sums and products of doubles overflow.
    private static let limit = 1e15

    private static func number(_ tag: Tag, in dataSet: DataSet) throws(PixelError) -> Double? {
        guard let bytes = dataSet.bytes(tag), !bytes.isEmpty else { return nil }
        guard let number = dataSet.decimals(tag)?.first, abs(number) <= limit else { throw .unusableNumber(tag) }
        return number
    }
}

/// A frame in the modality's units.
public struct ModalityImage: Sendable {
    public let rows: Int
    public let columns: Int
    /// [rows, columns], row by row.
    public let values: [Float]

    public init(_ frame: GrayscaleFrame, _ transform: ModalityTransform) {
        rows = frame.description.rows
        columns = frame.description.columns
        let table = frame.table { Float(transform($0)) }
        values = frame.storedValues.map { table[Int($0 - frame.lowest)] }
    }
}
