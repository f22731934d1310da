import Analysis
import DICOM
import DICOMPixels
import Inference
import Records
import Results
import Spool

/// From an image's bytes to result objects. Pure apart from the font file: the same image gives the same bytes.
struct ImageAnalyser: Sendable {
    struct Answer: Sendable {
        var findings: [Finding]
        var results: [ResultObject]
    }

    let stationName: String
    let writer: ResultWriter

    /// - Parameters:
    ///   - bytes: the image's data set.
    ///   - stepped: called between the steps of it all, those of the network among them.
    /// - Throws: why the image cannot be analysed, in words for the operator.
    func analyse(
        _ instance: StoredInstance, _ bytes: [UInt8], with model: LoadedModel, stepped: () -> Void
    ) throws -> Answer {
        let dataSet = try DataSetReader.read(bytes[...], instance.transferSyntax)
        let pixels = try PixelData(dataSet, instance.transferSyntax)
        let prepared = LetterboxPercentile(try pixels.grayscale(), try pixels.modalityTransform())
        let side = LetterboxPercentile.side
        stepped()
        let outputs = try model.runner.run(
            [model.input: Tensor(shape: [1, 1, side, side], prepared.values)], stepped: stepped)
        let classification = try LocatedClassification(
            logits: outputs[model.classOutput]?.floats ?? [], location: outputs[model.locationOutput]?.floats ?? [])
        let finding = classification.finding(
            model.concept, in: model.anatomy, threshold: model.threshold, prepared.geometry)
        let report = Report(
            source: instance, model: model.identity, findings: [finding], stationName: stationName)
        let results = try writer.write(report: report, source: dataSet) { name in
            Self.deriveUID(name, of: instance, by: model.identity)
        }
        return Answer(findings: [finding], results: results)
    }

    /// A UID that depends on the image's bytes, the model's bytes, the writer's version and `name`, and on nothing
    /// else.
    private static func deriveUID(_ name: String, of instance: StoredInstance, by model: ModelIdentity) -> UID {
        let seed = "\(instance.sopInstanceUID)|\(instance.sha256)|\(model.sha256)|\(ResultWriter.version)|\(name)"
        return UID(derivedFrom: Digest(ofData: seed.utf8).bytes)
    }
}
