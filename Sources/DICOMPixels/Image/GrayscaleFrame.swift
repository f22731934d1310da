import DICOM

/// One frame of a single channel, in stored values: what analysis asks for.
///
/// Its values span at most ``PixelLimits/grayscaleSpan`` steps, so that they can be counted and mapped by tables.
public struct GrayscaleFrame: Sendable {
    /// Of MONOCHROME1 or MONOCHROME2.
    public let description: PixelDescription
    /// [rows, columns], row by row.
    public let storedValues: [Int32]
    /// The smallest of the values.
    public let lowest: Int32
    /// The largest of the values.
    public let highest: Int32

    /// Decodes frame `index`, colours turned into their luminance. For more than one frame or transform make a
    /// ``PixelData`` first.
    ///
    /// - Throws: any ``PixelError``.
    public init(_ dataSet: DataSet, _ transferSyntax: TransferSyntax, frame index: Int = 0) throws(PixelError) {
        self = try PixelData(dataSet, transferSyntax).grayscale(index)
    }

    /// - Throws: ``PixelError/valuesTooFarApart(span:limit:)``.
    init(_ frame: Frame) throws(PixelError) {
        precondition(frame.description.samplesPerPixel == 1, "a single channel")
        description = frame.description
        storedValues = frame.storedValues
        lowest = storedValues.min() ?? 0
        highest = storedValues.max() ?? 0
        let span = Int(highest) - Int(lowest) + 1
        guard span <= PixelLimits.grayscaleSpan else {
            throw .valuesTooFarApart(span: span, limit: PixelLimits.grayscaleSpan)
        }
    }

    /// How often each stored value occurs, from ``lowest`` to ``highest``.
    public func histogram() -> [Int] {
        var counts = [Int](repeating: 0, count: Int(highest - lowest) + 1)
        storedValues.withUnsafeBufferPointer { values in
            counts.withUnsafeMutableBufferPointer { counts in
                for value in values { counts[Int(value - lowest)] += 1 }
            }
        }
        return counts
    }

    /// What `transform` makes of each stored value, from ``lowest`` to ``highest``.
    public func table<Value>(_ transform: (Int32) -> Value) -> [Value] { (lowest...highest).map(transform) }
}

/// Values with their numbers of occurrences, to be asked for the value at a rank.
public struct RankedValues: Sendable {
    /// Ascending by value.
    private let values: [(value: Double, count: Int)]

    /// - Parameters:
    ///   - values: in any order, as many as `counts`.
    ///   - counts: how often each occurs.
    public init(_ values: [Double], counts: [Int]) {
        precondition(values.count == counts.count, "a count for each value")
        self.values = zip(values, counts).filter { $1 > 0 }.map { (value: $0, count: $1) }
            .sorted { $0.value < $1.value }
    }

    /// The value at `rank`, from 0, when all are put in ascending order; the last one beyond the end, 0 of none.
    public subscript(rank: Int) -> Double {
        var remaining = rank
        for (value, count) in values {
            if remaining < count { return value }
            remaining -= count
        }
        return values.last?.value ?? 0
    }
}
