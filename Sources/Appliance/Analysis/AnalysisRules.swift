import Records

/// Which of the configured models look at an image, by its modality and body part.
struct AnalysisRules: Sendable {
    enum Decision: Equatable {
        /// The index of the model in the configuration.
        case analyse(model: Int)
        case skip(reason: String)
    }

    private let models: [ApplianceConfiguration.Model]

    init(_ models: [ApplianceConfiguration.Model]) { self.models = models }

    func decide(_ instance: StoredInstance) -> Decision {
        if let flag = instance.flags.first(where: \.isQuarantined) {
            return .skip(reason: "it is in quarantine: \(flag.explanation)")
        }
        return decide(modality: instance.modality, bodyPart: instance.bodyPartExamined)
    }

    func decide(modality: String?, bodyPart: String?) -> Decision {
        guard let modality else { return .skip(reason: "the image does not say its modality") }
        let ofModality = models.indices.filter { models[$0].modalities.contains(modality) }
        guard !ofModality.isEmpty else { return .skip(reason: "no model is configured for modality \(modality)") }
        guard let bodyPart else {
            return .skip(reason: "the image does not say its body part (0018,0015)")
        }
        guard let model = ofModality.first(where: { models[$0].bodyParts.contains(bodyPart) }) else {
            return .skip(reason: "no model is configured for modality \(modality) and body part \(bodyPart)")
        }
        return .analyse(model: model)
    }
}
