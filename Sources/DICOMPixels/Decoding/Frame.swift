/// One frame of stored values (PS3.3 C.7.6.3.1.1), before any modality, display or colour transform.
public struct Frame: Sendable, Equatable {
    /// How ``storedValues`` are to be understood. Where a decoder changes the data set's words (it undoes the colour
    /// transform of JPEG 2000, and spreads shared colour differences), this says what came of it.
    public let description: PixelDescription
    /// [rows, columns, samples], pixel by pixel whatever the planar configuration was.
    public let storedValues: [Int32]

    init(_ description: PixelDescription, _ storedValues: [Int32]) {
        precondition(storedValues.count == description.samplesPerFrame, "all samples of a frame")
        self.description = description
        self.storedValues = storedValues
    }
}
