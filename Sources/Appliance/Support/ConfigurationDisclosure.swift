import Foundation

/// What a support bundle shows of the configuration: each key by what the schema says that it is.
///
/// A key is shown because this list says so; one that is not in it is not shown. So a setting that is added later stays
/// inside until somebody has decided, which a test asks for.
enum ConfigurationDisclosure {
    enum Rule {
        case shown
        /// Scheme, host and port of a URL: its path may hold a key.
        case host
        /// Only that it is set.
        case withheld
    }

    /// By the key's path, list elements without their number. Groups are not listed. Files are named and never read.
    static let rules: [String: Rule] = [
        "station.name": .shown, "station.language": .shown, "data_folder": .shown, "board": .shown,
        "storage.retention_days": .shown, "storage.release_below_percent": .shown,
        "storage.release_until_percent": .shown, "storage.refuse_below_percent": .shown,
        "intake.ae_title": .shown, "intake.address": .shown, "intake.port": .shown, "intake.tls.port": .shown,
        "intake.tls.certificate": .shown, "intake.tls.key": .shown, "intake.tls.client_authority": .shown,
        "intake.calling_ae_titles": .shown, "intake.allowed_addresses": .shown,
        "intake.maximum_associations": .shown, "intake.maximum_associations_per_address": .shown,
        "intake.maximum_pdu_length": .shown, "intake.private_sop_classes": .shown,
        "intake.storage_commitment_peers[].host": .shown, "intake.storage_commitment_peers[].port": .shown,
        "intake.storage_commitment_peers[].ae_title": .shown,
        "intake.storage_commitment_peers[].calling_ae_title": .shown,
        "intake.study_quiet_seconds": .shown, "intake.artim_seconds": .shown, "intake.idle_seconds": .shown,
        "intake.write_seconds": .shown,
        "analysis.threads": .shown, "analysis.memory_megabytes": .shown, "analysis.font": .shown,
        "analysis.models[].file": .shown, "analysis.models[].modalities": .shown,
        "analysis.models[].body_parts": .shown,
        "destinations[].name": .shown, "destinations[].kind": .shown, "destinations[].host": .shown,
        "destinations[].port": .shown, "destinations[].ae_title": .shown, "destinations[].calling_ae_title": .shown,
        "destinations[].send": .shown, "destinations[].retry_minimum_seconds": .shown,
        "destinations[].retry_maximum_seconds": .shown, "destinations[].connections": .shown,
        "destinations[].maximum_kilobytes_per_second": .shown, "destinations[].expire_days": .shown,
        "destinations[].storage_commitment": .shown, "destinations[].url": .host,
        "destinations[].ca_certificate": .shown, "destinations[].client_certificate": .shown,
        "destinations[].client_key": .shown,
    ]

    /// The file as lines of `path = value`, whether the schema takes it or not; empty where it is no YAML. What stands
    /// in comments is never shown.
    static func lines(_ bytes: [UInt8]) -> [String] {
        guard let node = YAMLDocument.read(bytes, IssueCollector()) else { return [] }
        return lines(node, path: "", schemaPath: "")
    }

    private static func lines(_ node: SettingNode, path: String, schemaPath: String) -> [String] {
        switch node.content {
        case .section(let entries):
            // A key that nobody knows may be a value by mistake.
            return entries.flatMap { entry -> [String] in
                let child = schemaPath.isEmpty ? entry.key : "\(schemaPath).\(entry.key)"
                let isKnown = rules[child] != nil
                    || rules.keys.contains { $0.hasPrefix(child + ".") || $0.hasPrefix(child + "[") }
                guard isKnown else { return ["\(path.isEmpty ? "" : path + ".")(an unknown key)"] }
                return lines(
                    entry.value, path: path.isEmpty ? entry.key : "\(path).\(entry.key)", schemaPath: child)
            }
        case .list(let nodes):
            let isLeaf = rules[schemaPath] != nil
            return nodes.enumerated().flatMap { number, node in
                lines(node, path: "\(path)[\(number + 1)]", schemaPath: isLeaf ? schemaPath : "\(schemaPath)[]")
            }
        case .text(let text): return ["\(path) = \(shown(text, rules[schemaPath] ?? .withheld))"]
        case .nothing: return ["\(path) ="]
        }
    }

    private static func shown(_ text: String, _ rule: Rule) -> String {
        switch rule {
        case .shown: return text.clipped
        case .withheld: return "(withheld)"
        case .host:
            guard let url = URL(string: text), let scheme = url.scheme, let host = url.host else { return "(withheld)" }
            return "\(scheme)://\(host)\(url.port.map { ":\($0)" } ?? "")/…".clipped
        }
    }
}
