import DICOM
import NIOCore

extension UserInformation {
    /// Sub-items of one association request. Real ones have one or two for each of at most 128 contexts.
    static let itemLimit = 1024

    init(from reader: inout PDUReader) throws(PDUError) {
        // Mandatory, but a peer that forgets it loses nothing: 0 is no limit, and ours stays bounded anyhow.
        self.init(maximumLength: 0, implementationClassUID: nil, implementationVersionName: nil)
        var items = 0
        while !reader.isEmpty {
            items += 1
            guard items <= Self.itemLimit else {
                throw reader.malformed("the user information has more than \(Self.itemLimit) items")
            }
            var item = try reader.item()
            switch item.type {
            case ItemType.maximumLength: maximumLength = try item.content.integer()
            // A device whose name is not a UID still sends images.
            case ItemType.implementationClassUID: implementationClassUID = UID(item.content.text())
            case ItemType.implementationVersionName: implementationVersionName = String(item.content.text().prefix(16))
            case ItemType.asynchronousOperations:
                asynchronousOperations = AsynchronousOperationsWindow(
                    invoked: try item.content.integer(), performed: try item.content.integer())
            case ItemType.roleSelection: roleSelections.append(try RoleSelection(from: &item.content))
            case ItemType.extendedNegotiation:
                extendedNegotiations.append(try SOPClassExtendedNegotiation(from: &item.content))
            case ItemType.userIdentity: userIdentity = try UserIdentity(from: &item.content)
            // Among them SOP Class Common Extended Negotiation, to which there is no answer (PS3.7 D.3.3.6).
            default: break
            }
        }
    }
}

extension PDUReader {
    /// A UID behind its own length of two bytes.
    fileprivate mutating func lengthAndUID(_ what: String) throws(PDUError) -> UID {
        let length: UInt16 = try integer()
        var field = PDUReader(try slice(Int(length)), type)
        return try field.uid(what)
    }
}

extension RoleSelection {
    fileprivate init(from reader: inout PDUReader) throws(PDUError) {
        let uid = try reader.lengthAndUID("the SOP class of a role selection")
        let scu: UInt8 = try reader.integer()
        let scp: UInt8 = try reader.integer()
        self.init(sopClassUID: uid, isSCU: scu == 1, isSCP: scp == 1)
    }
}

extension SOPClassExtendedNegotiation {
    fileprivate init(from reader: inout PDUReader) throws(PDUError) {
        let uid = try reader.lengthAndUID("the SOP class of an extended negotiation")
        self.init(sopClassUID: uid, information: reader.rest())
    }
}

extension UserIdentity {
    fileprivate init(from reader: inout PDUReader) throws(PDUError) {
        let type: UInt8 = try reader.integer()
        let asksForResponse: UInt8 = try reader.integer()
        self.init(type: type, asksForResponse: asksForResponse == 1)
    }
}

extension ByteBuffer {
    /// The User Information item (PS3.8 section 9.3.2.3).
    mutating func write(_ information: UserInformation) {
        writeItem(ItemType.userInformation) { item in
            item.writeItem(ItemType.maximumLength) { $0.writeInteger(information.maximumLength) }
            if let uid = information.implementationClassUID {
                item.writeItem(ItemType.implementationClassUID) { $0.writeString(uid.value) }
            }
            if let window = information.asynchronousOperations {
                item.writeItem(ItemType.asynchronousOperations) {
                    $0.writeInteger(window.invoked)
                    $0.writeInteger(window.performed)
                }
            }
            for role in information.roleSelections {
                item.writeItem(ItemType.roleSelection) {
                    $0.writeLengthAndUID(role.sopClassUID)
                    $0.writeBytes([role.isSCU ? 1 : 0, role.isSCP ? 1 : 0])
                }
            }
            if let name = information.implementationVersionName {
                item.writeItem(ItemType.implementationVersionName) { $0.writeString(name) }
            }
            for negotiation in information.extendedNegotiations {
                item.writeItem(ItemType.extendedNegotiation) {
                    $0.writeLengthAndUID(negotiation.sopClassUID)
                    $0.writeBytes(negotiation.information)
                }
            }
        }
    }

    private mutating func writeLengthAndUID(_ uid: UID) {
        writeInteger(UInt16(uid.value.utf8.count))
        writeString(uid.value)
    }
}
