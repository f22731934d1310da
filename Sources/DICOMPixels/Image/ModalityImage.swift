import DICOM

/// The linear modality transform: value = stored value × slope + intercept (PS3.3 C.11.1).
public struct ModalityRescale: Sendable, Equatable {
    public let slope: Double
    public let intercept: Double

    public init(slope: Double = 1, intercept: Double = 0) {
        self.slope = slope
        self.intercept = intercept
    }

    /// The transform of a data set: 1 and 0 where it has none.
    ///
    /// - Throws: ``PixelError/unsupportedModalityLUT``, or ``PixelError/unusableNumber(_:)``.
    public init(_ dataSet: DataSet) throws(PixelError) {
        guard dataSet.items(.modalityLUTSequence).isEmpty else { throw .unsupportedModalityLUT }
        slope = try Self.number(.rescaleSlope, in: dataSet) ?? 1
        intercept = try Self.number(.rescaleIntercept, in: dataSet) ?? 0
    }

    public func callAsFunction(_ storedValue: Int32) -> Double { Double(storedValue) * slope + intercept }

    /// Far beyond any modality's units, and far from where sums and products of doubles overflow.
    private static let limit = 1e15

    private static func number(_ tag: Tag, in dataSet: DataSet) throws(PixelError) -> Double? {
        guard let bytes = dataSet.bytes(tag), !bytes.isEmpty else { return nil }
        guard let number = dataSet.decimals(tag)?.first, abs(number) <= limit else { throw .unusableNumber(tag) }
        return number
    }
}

/// A frame in the modality's units: Hounsfield units for CT, otherwise what the maker chose.
public struct ModalityImage: Sendable {
    public let rows: Int
    public let columns: Int
    /// [rows, columns], row by row.
    public let values: [Float]

    public init(_ frame: GrayscaleFrame, _ rescale: ModalityRescale) {
        rows = frame.description.rows
        columns = frame.description.columns
        values = frame.storedValues.map { Float(rescale($0)) }
    }
}
