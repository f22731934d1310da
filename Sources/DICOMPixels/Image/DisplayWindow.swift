import DICOM
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A window from modality values to display gray (PS3.3 C.11.2.1.2).
public struct DisplayWindow: Sendable, Equatable {
    /// How gray grows within the window (VOI LUT Function).
    public enum Function: String, Sendable {
        /// By C.11.2.1.2.1; the width is at least 1.
        case linear = "LINEAR"
        /// By C.11.2.1.3.2; the width is above 0.
        case linearExact = "LINEAR_EXACT"
        /// By C.11.2.1.3.1; the width is above 0.
        case sigmoid = "SIGMOID"
    }

    public let center: Double
    public let width: Double
    public let function: Function

    public init(center: Double, width: Double, function: Function = .linear) {
        self.center = center
        self.width = width
        self.function = function
    }

    /// The data set's first window; nil where it has none that can be applied.
    public init?(_ dataSet: DataSet) {
        let function = dataSet.string(.voiLUTFunction).map { Function(rawValue: $0) } ?? .linear
        guard let function, let center = dataSet.decimals(.windowCenter)?.first,
            let width = dataSet.decimals(.windowWidth)?.first, function == .linear ? width >= 1 : width > 0
        else { return nil }
        self.init(center: center, width: width, function: function)
    }

    /// The window that spans from the `low`th to the `high`th share of the frame's values, each 0 to 1.
    public init(
        percentilesOf frame: GrayscaleFrame, _ transform: ModalityTransform, low: Double = 0.005, high: Double = 0.995
    ) {
        let ranked = RankedValues(frame.table(transform.callAsFunction), counts: frame.histogram())
        let last = Double(frame.storedValues.count - 1)
        let least = ranked[Int(low * last)]
        let most = ranked[Int(high * last)]
        // The formula of the standard maps center - 0.5 ± (width - 1) / 2; a flat image still needs a width.
        self.init(center: (least + most) / 2 + 0.5, width: max(most - least, 1e-6) + 1)
    }

    /// 0 (black) to 255 (white).
    public func gray(_ value: Double) -> UInt8 {
        let share =
            switch function {
            case .linear: width > 1 ? (value - (center - 0.5)) / (width - 1) + 0.5 : value <= center - 0.5 ? 0 : 1
            case .linearExact: (value - center) / width + 0.5
            case .sigmoid: 1 / (1 + exp(-4 * (value - center) / width))
            }
        // A hostile window can overflow to what is no number at all.
        return share.isNaN ? 0 : UInt8((min(max(share, 0), 1) * 255).rounded())
    }
}
