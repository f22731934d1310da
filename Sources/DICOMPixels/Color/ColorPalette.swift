import DICOM

/// The three tables of a PALETTE COLOR image (PS3.3 C.7.6.3.1.5).
struct ColorPalette: Sendable {
    let red: LookupTable
    let green: LookupTable
    let blue: LookupTable
    /// The widest table's.
    var bits: Int { max(red.bits, green.bits, blue.bits) }

    init(_ pixels: PixelData) throws(PixelError) {
        func table(_ descriptor: Tag, _ data: Tag, _ segmented: Tag) throws(PixelError) -> LookupTable {
            try LookupTable(
                pixels.dataSet, pixels.wordOrder, isSigned: pixels.description.isSigned, descriptor: descriptor,
                data: data, segmented: segmented)
        }
        red = try table(
            .redPaletteColorLookupTableDescriptor, .redPaletteColorLookupTableData,
            .segmentedRedPaletteColorLookupTableData)
        green = try table(
            .greenPaletteColorLookupTableDescriptor, .greenPaletteColorLookupTableData,
            .segmentedGreenPaletteColorLookupTableData)
        blue = try table(
            .bluePaletteColorLookupTableDescriptor, .bluePaletteColorLookupTableData,
            .segmentedBluePaletteColorLookupTableData)
    }
}
