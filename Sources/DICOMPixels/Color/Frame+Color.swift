extension Frame {
    /// Through the palette. An index outside a table has the table's nearest entry, as the standard demands.
    func rgb(_ palette: ColorPalette) -> Frame {
        let tables = [palette.red, palette.green, palette.blue]
        var output = [Int32](repeating: 0, count: 3 * storedValues.count)
        for (plane, table) in tables.enumerated() {
            for (pixel, index) in storedValues.enumerated() { output[3 * pixel + plane] = Int32(table[Int(index)]) }
        }
        return Frame(
            description.converted(to: .rgb, bitsStored: palette.bits, isSigned: false), output)
    }

    /// Red, green and blue of a frame of three samples: itself, or converted from YBR_FULL (PS3.3 C.7.6.3.1.2).
    func rgb() -> Frame {
        guard description.photometricInterpretation == .ybrFull else { return self }
        let highest = Int32.max >> Int32(31 - min(description.bitsStored, 31))
        // Colour differences are stored around the middle.
        let middle = Double(highest / 2 + 1)
        let greenOfBlue = 0.114 * 1.772 / 0.587
        let greenOfRed = 0.299 * 1.402 / 0.587
        let output = [Int32](unsafeUninitializedCapacity: storedValues.count) { output, written in
            for start in stride(from: 0, to: storedValues.count, by: 3) {
                let luminance = Double(storedValues[start])
                let blue = Double(storedValues[start + 1]) - middle
                let red = Double(storedValues[start + 2]) - middle
                func bounded(_ color: Double) -> Int32 {
                    Int32(min(max((color + 0.5).rounded(.down), 0), Double(highest)))
                }
                output[start] = bounded(luminance + 1.402 * red)
                output[start + 1] = bounded(luminance - greenOfBlue * blue - greenOfRed * red)
                output[start + 2] = bounded(luminance + 1.772 * blue)
            }
            written = storedValues.count
        }
        return Frame(description.converted(to: .rgb), output)
    }

    /// The luminance of a frame of three samples: the first one of YBR_FULL, otherwise ITU-R BT.601's sum.
    func luminance() -> Frame {
        let isLuminanceFirst = description.photometricInterpretation == .ybrFull
        let values: [Int32] = stride(from: 0, to: storedValues.count, by: 3).map { start in
            if isLuminanceFirst { return storedValues[start] }
            let red = 0.299 * Double(storedValues[start])
            let green = 0.587 * Double(storedValues[start + 1])
            let blue = 0.114 * Double(storedValues[start + 2])
            return Int32((red + green + blue).rounded())
        }
        return Frame(description.converted(to: .monochrome2), values)
    }
}
