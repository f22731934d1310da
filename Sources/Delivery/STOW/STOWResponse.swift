#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

import DICOM

/// What a hub says of each object of a store request: the Store Instances Response Module (PS3.18 table I.2-1), from
/// JSON.
///
/// Tolerant of what it does not need and of one broken item beside good ones; nothing in it is believed that is not
/// about an object that was sent.
public struct STOWResponse: Sendable, Equatable {
    public enum Statement: Sendable, Equatable {
        /// In the Referenced SOP Sequence: the hub has it, perhaps with a warning (B000, B006, B007).
        case stored
        /// In the Failed SOP Sequence, with its Failure Reason if there is one.
        case failed(reason: UInt16?)
        /// In both.
        case contradictory
    }

    public private(set) var statements: [UID: Statement] = [:]
    /// Failure reasons of objects that the hub could not name: Other Failures Sequence, and failed items without UID.
    public private(set) var unnamedFailures: [UInt16?] = []

    /// Reads the body of a response.
    ///
    /// - Throws: `STOWResponseError.unreadable` where it is not a DICOM JSON object (PS3.18 annex F).
    public init(json: some Sequence<UInt8>) throws(STOWResponseError) {
        let body: Body
        do {
            body = try JSONDecoder().decode(Body.self, from: Data(json))
        } catch {
            throw .unreadable
        }
        for item in body.referenced?.values ?? [] {
            if let uid = item.uid { statements[uid] = .stored }
        }
        for item in body.failed?.values ?? [] {
            guard let uid = item.uid else {
                unnamedFailures.append(item.reason)
                continue
            }
            switch statements[uid] {
            case nil: statements[uid] = .failed(reason: item.reason)
            case .stored: statements[uid] = .contradictory
            case .failed, .contradictory: break
            }
        }
        unnamedFailures += (body.other?.values ?? []).map(\.reason)
    }
}

public enum STOWResponseError: Error, Equatable {
    case unreadable
}

// MARK: - JSON model (PS3.18 F.2)

private struct Body: Decodable {
    var referenced: Attribute<Item>?
    var failed: Attribute<Item>?
    var other: Attribute<Item>?

    enum CodingKeys: String, CodingKey {
        case referenced = "00081199"
        case failed = "00081198"
        case other = "0008119A"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        referenced = try? container.decode(Attribute<Item>.self, forKey: .referenced)
        failed = try? container.decode(Attribute<Item>.self, forKey: .failed)
        other = try? container.decode(Attribute<Item>.self, forKey: .other)
    }
}

/// An attribute's values; those of another type are left out.
private struct Attribute<Value: Decodable>: Decodable {
    var values: [Value]

    enum CodingKeys: String, CodingKey { case values = "Value" }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        values = (try container.decodeIfPresent([Lenient<Value>].self, forKey: .values) ?? []).compactMap(\.value)
    }
}

private struct Lenient<Value: Decodable>: Decodable {
    var value: Value?

    init(from decoder: any Decoder) throws { value = try? Value(from: decoder) }
}

private struct Item: Decodable {
    var uid: UID?
    var reason: UInt16?

    enum CodingKeys: String, CodingKey {
        case sopInstanceUID = "00081155"
        case failureReason = "00081197"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let name = try? container.decode(Attribute<String>.self, forKey: .sopInstanceUID).values.first
        uid = name.flatMap(UID.init)
        reason = try? container.decode(Attribute<Number>.self, forKey: .failureReason).values.first?.value
    }
}

/// A US value: a JSON number, or the string that some writers make of it (allowed since PS3.18 2021 for some VRs).
private struct Number: Decodable {
    var value: UInt16

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(UInt16.self) {
            value = number
        } else if let number = UInt16(try container.decode(String.self)) {
            value = number
        } else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an unsigned short")
        }
    }
}
