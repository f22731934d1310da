import DICOM
import DICOMPixels
import Records

/// Draws the picture of a report: a line above the image that says what it may be used for, the image with the present
/// findings circled, and below it what was found and by which model. Words stand beside the image, not on it: only a
/// short label stands near each circle.
struct FindingPicture {
    /// The image's longer side in the picture.
    static let longSide = 1024
    /// Smaller images grow to this, so that words about them have room.
    static let shortestLongSide = 768
    /// A narrow image gets margins at its sides, for the same reason.
    static let leastColumns = 512
    /// Lines below the image; the structured report has the rest.
    static let lineLimit = 24

    private static let amber = Color(255, 196, 0)
    private static let panel = Color(24, 26, 30)
    private static let faint = Color(176, 182, 190)

    private let context: ResultContext

    init(_ context: ResultContext) { self.context = context }

    func draw() throws(ResultError) -> Canvas {
        let (image, scale) = try windowedImage()
        do {
            return try draw(image, scale, FontFace(path: context.fontPath))
        } catch {
            throw .font(error)
        }
    }

    /// The image as it is shown, at its size in the picture, and picture pixels per source pixel down and across.
    private func windowedImage() throws(ResultError) -> (DisplayImage, (row: Double, column: Double)) {
        do {
            let pixels = try PixelData(context.source, context.report.source.transferSyntax)
            let frame = try pixels.grayscale()
            let modality = try pixels.modalityTransform()
            let display = pixels.displayTransform() ?? .window(DisplayWindow(percentilesOf: frame, modality))
            let image = DisplayImage(frame, modality, display)
            let aspect = pixelAspect
            let height = Double(image.rows) * aspect
            let width = Double(image.columns)
            let side = min(max(max(height, width), Double(Self.shortestLongSide)), Double(Self.longSide))
            let factor = side / max(height, width)
            let rows = max(1, Int((height * factor).rounded()))
            let columns = max(1, Int((width * factor).rounded()))
            let scale = (Double(rows) / Double(image.rows), Double(columns) / Double(image.columns))
            return (image.resampled(rows: rows, columns: columns), scale)
        } catch {
            throw .pixels(error)
        }
    }

    /// How much taller than wide a pixel is; 1 where the image does not say or says something impossible.
    private var pixelAspect: Double {
        for tag in [Tag.pixelSpacing, .imagerPixelSpacing, .pixelAspectRatio] {
            guard let pair = context.source.decimals(tag), pair.count == 2, pair[0] > 0, pair[1] > 0 else { continue }
            let aspect = pair[0] / pair[1]
            // Beyond this no detector's pixel is, and a picture would be a line.
            return (0.1...10).contains(aspect) ? aspect : 1
        }
        return 1
    }

    private func draw(
        _ image: DisplayImage, _ scale: (row: Double, column: Double), _ face: FontFace
    ) throws(FontError) -> Canvas {
        let columns = max(image.columns, Self.leastColumns)
        let size = max(16, max(image.rows, columns) / 46)
        let margin = size / 2
        let width = columns - 2 * margin
        let lineHeight = try face.lineMetrics(pixels: size).height
        let report = context.report
        let banner = try face.wrap(context.texts.intendedUse(report.model.intendedUse), pixels: size, width: width)
            .prefix(Self.lineLimit)
        let lines = try footer(face, size, width)
        let top = banner.count * lineHeight + 2 * margin
        let bottom = lines.count * lineHeight + 2 * margin
        var canvas = Canvas(rows: top + image.rows + bottom, columns: columns, background: Self.panel)
        for (index, line) in banner.enumerated() {
            let left = (columns - (try face.width(of: line, pixels: size))) / 2
            try canvas.write(line, row: margin + index * lineHeight, column: left, pixels: size, Self.amber, face)
        }
        let left = (columns - image.columns) / 2
        canvas.fill(row: top, column: 0, rows: image.rows, columns: columns, .black)
        canvas.draw(image, row: top, column: left)
        try drawCircles(&canvas, image, scale, (top, left), size, face)
        for (index, line) in lines.enumerated() {
            let row = top + image.rows + margin + index * lineHeight
            try canvas.write(line.text, row: row, column: margin, pixels: size, line.color, face)
        }
        return canvas
    }

    private func footer(
        _ face: FontFace, _ size: Int, _ width: Int
    ) throws(FontError) -> [(text: String, color: Color)] {
        let texts = context.texts
        let findings = context.report.findings
        var lines: [(String, Color)] = []
        func add(_ text: String, _ color: Color) throws(FontError) {
            for line in try face.wrap(text, pixels: size, width: width) { lines.append((line, color)) }
        }
        if findings.count > 1 { try add(texts.presentCount(findings.count(where: \.isPresent)), .white) }
        for (index, finding) in findings.enumerated() {
            let name = label(finding, index)
            let verdict = finding.isPresent ? texts.present(name) : texts.absent(name)
            let probability = texts.probability(PercentText.probability(finding), PercentText.threshold(finding))
            try add("\(verdict) (\(probability))", finding.isPresent ? Self.amber : .white)
        }
        // What names the model and its limits must not be what is cut off.
        var last: [(String, Color)] = []
        for text in [texts.model(context.modelTitle), texts.decisionSupport] {
            for line in try face.wrap(text, pixels: size, width: width) { last.append((line, Self.faint)) }
        }
        return (lines.prefix(Self.lineLimit) + last.prefix(Self.lineLimit)).map { (text: $0.0, color: $0.1) }
    }

    /// The finding's name; numbered where there are several.
    private func label(_ finding: Finding, _ index: Int) -> String {
        let name = context.texts.findingName(finding.concept)
        return context.report.findings.count > 1 ? "\(index + 1). \(name)" : name
    }

    private func drawCircles(
        _ canvas: inout Canvas, _ image: DisplayImage, _ scale: (row: Double, column: Double),
        _ origin: (row: Int, column: Int), _ size: Int, _ face: FontFace
    ) throws(FontError) {
        let labelSize = max(14, size * 3 / 4)
        let height = try face.lineMetrics(pixels: labelSize).height + 4
        for (index, finding) in context.report.findings.enumerated() {
            guard finding.isPresent, let circle = finding.location else { continue }
            let row = Double(origin.row) + circle.row * scale.row
            let column = Double(origin.column) + circle.column * scale.column
            let radius = circle.radius * (scale.row + scale.column) / 2
            let line = max(2, Double(size) / 9)
            // A dark line under the bright one keeps it visible on bright bone.
            canvas.strokeCircle(row: row, column: column, radius: radius, width: line + 2, .black)
            canvas.strokeCircle(row: row, column: column, radius: radius, width: line, Self.amber)
            let text = "\(label(finding, index)) \(PercentText.probability(finding)) %"
            let width = try face.width(of: text, pixels: labelSize) + 4
            // Below the circle, or above it where the image ends; never outside the image.
            let below = Int(row + radius) + size / 3
            let above = Int(row - radius) - size / 3 - height
            let end = origin.row + image.rows
            let labelRow = min(max(below + height <= end ? below : above, origin.row), max(origin.row, end - height))
            let right = origin.column + image.columns - width
            let labelColumn = min(max(Int(column) - width / 2, origin.column), max(origin.column, right))
            try canvas.writeBanner(
                text, row: labelRow, column: labelColumn, pixels: labelSize, padding: 2, Self.amber, face)
        }
    }
}
