import Records

extension ApplianceStatus {
    /// A stage that says nothing for so long hangs.
    static let patience = Duration.seconds(5)

    /// Asks the stages that run what they do and what troubles them.
    public mutating func ask(_ configuration: ApplianceConfiguration) async {
        let running = units.filter(\.running).map(\.stage)
        let answers = await withTaskGroup(of: (Stage, Result<StageCondition, ControlError>).self) { group in
            for stage in running {
                let client = ControlClient(dataFolder: configuration.dataFolder, stage: stage)
                group.addTask { (stage, await client.condition(of: stage, within: Self.patience)) }
            }
            return await group.reduce(into: [:]) { answers, answer in answers[answer.0] = answer.1 }
        }
        for index in units.indices {
            switch answers[units[index].stage] {
            case .success(let condition): units[index].condition = condition
            case .failure(let error): units[index].silence = "\(error)"
            case nil: break
            }
        }
    }
}

extension ControlClient {
    /// What the stage says of itself, if it answers in time.
    fileprivate func condition(
        of stage: Stage, within patience: Duration
    ) async -> Result<StageCondition, ControlError> {
        await withTaskGroup(of: Result<StageCondition, ControlError>.self) { group in
            group.addTask {
                do throws(ControlError) {
                    guard case .condition(let condition) = try await ask(.condition) else {
                        return .failure(.noAnswer(stage))
                    }
                    return .success(condition)
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                // Cancelled once there is an answer; then nobody looks at what this gives.
                try? await Task.sleep(for: patience)
                return .failure(.noAnswer(stage))
            }
            let first = await group.next() ?? .failure(.noAnswer(stage))
            group.cancelAll()
            return first
        }
    }
}

extension StageCondition.Trouble {
    /// What is to be said of it to a person.
    public var sentence: String {
        switch self {
        case .diskNearlyFull(let freePercent):
            "only \(freePercent) % of the disk are free, and nothing more may be given up; see what keeps objects from "
                + "arriving"
        case .diskFull: "the disk is full: modalities are told to come back later"
        case .destinationUnreachable(let name, _, let seconds, let waiting):
            "\(name) cannot be reached for \(CourierCondition.words(seconds: seconds)); \(waiting) wait"
        case .objectsRefused(let destination, let count):
            "\(destination) has refused \(counted(count, "object")); see `outpost queue show --state refused`"
        case .modelRefused(let file): "the network \(file) was refused; the log says why"
        case .partOverdue(let part, let seconds): "\(part.words) has not moved for \(seconds) seconds"
        case .clockUntrusted: "it is not certain that the clock is right; see `outpost clock show`"
        }
    }
}
