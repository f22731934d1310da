import DICOM

/// A linear window from modality values to display gray (PS3.3 C.11.2.1.2.1).
public struct DisplayWindow: Sendable, Equatable {
    public let center: Double
    public let width: Double

    public init(center: Double, width: Double) {
        self.center = center
        self.width = width
    }

    /// The data set's first window; nil where it has none that can be applied.
    public init?(_ dataSet: DataSet) {
        guard let center = dataSet.decimals(.windowCenter)?.first, let width = dataSet.decimals(.windowWidth)?.first,
            width >= 1
        else { return nil }
        self.init(center: center, width: width)
    }

    /// The window that spans from the `low`th to the `high`th share of the frame's values, each 0 to 1.
    public init(
        percentilesOf frame: GrayscaleFrame, _ rescale: ModalityRescale, low: Double = 0.005, high: Double = 0.995
    ) {
        let (lowest, counts) = frame.histogram()
        let last = Double(frame.storedValues.count - 1)
        let bounds = [low, high].map { share in
            rescale(lowest + Int32(Self.rank(Int(share * last), in: counts)))
        }
        let least = min(bounds[0], bounds[1])
        let most = max(bounds[0], bounds[1])
        // The formula of the standard maps center - 0.5 ± (width - 1) / 2; a flat image still needs a width.
        width = max(most - least, 1e-6) + 1
        center = (least + most) / 2 + 0.5
    }

    /// 0 (black) to 255 (white), by the standard's linear function.
    public func gray(_ value: Double) -> UInt8 {
        let reach = width - 1
        let offset = value - (center - 0.5)
        guard reach > 0 else { return offset <= 0 ? 0 : 255 }
        let share = offset / reach + 0.5
        // A hostile window can overflow to what is no number at all.
        return share.isNaN ? 0 : UInt8((min(max(share, 0), 1) * 255).rounded())
    }

    /// The index of the value at `rank` (from 0) when all are put in ascending order.
    private static func rank(_ rank: Int, in counts: [Int]) -> Int {
        var seen = 0
        for (index, count) in counts.enumerated() {
            seen += count
            if seen > rank { return index }
        }
        return max(0, counts.count - 1)
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

    /// The frame through `window`, inverted where it is MONOCHROME1.
    public init(_ frame: GrayscaleFrame, _ rescale: ModalityRescale, _ window: DisplayWindow) {
        let (lowest, counts) = frame.histogram()
        let isInverted = frame.description.photometricInterpretation == .monochrome1
        let table = counts.indices.map { index in
            let gray = window.gray(rescale(lowest + Int32(index)))
            return isInverted ? 255 - gray : gray
        }
        rows = frame.description.rows
        columns = frame.description.columns
        gray = frame.storedValues.map { table[Int($0 - lowest)] }
    }
}
