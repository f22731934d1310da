import DICOM
import DICOMPixels

/// Decodes the first frame of a Part 10 file, as stored values and as they are shown.
func fuzzPixels(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    guard let file = try? Part10.split(input[...]),
        let dataSet = try? DataSetReader.read(file.dataSet, file.transferSyntax),
        let pixels = try? PixelData(dataSet, file.transferSyntax)
    else { return 0 }
    // A changed header may ask for gigabytes, which are granted to real images only.
    guard pixels.description.pixelsPerFrame <= 1 << 20, let frame = try? pixels.frame(0) else { return 0 }
    precondition(
        frame.storedValues.count == pixels.description.pixelsPerFrame * pixels.description.samplesPerPixel,
        "a frame has other than its samples")
    _ = try? pixels.grayscale(0)
    _ = try? pixels.rgb(0)
    _ = try? pixels.modalityTransform(0)
    _ = pixels.displayTransform(0)
    return 0
}
