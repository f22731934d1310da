import DICOM
import NIOCore
import Testing

@testable import DICOMNetwork

@Suite struct MessageAssemblerTests {
    private let context = AcceptedContext(
        id: 3, abstractSyntax: SOPClass.secondaryCaptureImageStorage, transferSyntax: .implicitVRLittleEndian)
    private let store = Command.storeRequest(
        messageID: 7, sopClassUID: SOPClass.secondaryCaptureImageStorage, sopInstanceUID: UID(known: "1.2.3"))

    private var assembler: MessageAssembler { MessageAssembler(contexts: [3: context]) }

    private func value(
        _ bytes: [UInt8], command: Bool, last: Bool, context: UInt8 = 3
    ) -> PresentationDataValue {
        PresentationDataValue(contextID: context, isCommand: command, isLast: last, bytes: ByteBuffer(bytes: bytes))
    }

    @Test func assemblesOneByteFragments() throws {
        var assembler = assembler
        let bytes = store.encoded
        for byte in bytes.dropLast() {
            #expect(try assembler.consume(value([byte], command: true, last: false)) == nil)
        }
        let last = value([bytes.last ?? 0], command: true, last: true)
        guard case .command(let command, context) = try assembler.consume(last) else {
            Issue.record("no command")
            return
        }
        #expect(command.field == .storeRequest)
        #expect(command.messageID == 7)
        #expect(command.hasDataSet)
        #expect(
            try assembler.consume(value([1], command: false, last: false))
                == .dataSet(ByteBuffer(bytes: [1]), isLast: false))
        #expect(!assembler.isBetweenMessages)
        #expect(try assembler.consume(value([], command: false, last: true)) == .dataSet(ByteBuffer(), isLast: true))
        #expect(assembler.isBetweenMessages)
    }

    @Test func refusesWhatIsOutOfOrder() throws {
        var fresh = assembler
        #expect(throws: MessageError.contextNotAccepted(5)) {
            try fresh.consume(self.value([], command: true, last: true, context: 5))
        }
        #expect(throws: MessageError.dataSetWithoutCommand) {
            try fresh.consume(self.value([], command: false, last: true))
        }
        var inCommand = assembler
        _ = try inCommand.consume(value([0], command: true, last: false))
        #expect(throws: MessageError.dataSetInsideCommand) {
            try inCommand.consume(self.value([], command: false, last: true))
        }
        var inDataSet = assembler
        _ = try inDataSet.consume(value(store.encoded, command: true, last: true))
        #expect(throws: MessageError.commandInsideDataSet) {
            try inDataSet.consume(self.value([], command: true, last: true))
        }
        var changing = MessageAssembler(contexts: [3: context, 5: context])
        _ = try changing.consume(value([0], command: true, last: false))
        #expect(throws: MessageError.contextChanged(expected: 3, got: 5)) {
            try changing.consume(self.value([0], command: true, last: false, context: 5))
        }
    }

    @Test func boundsCommands() throws {
        var assembler = assembler
        let piece = [UInt8](repeating: 0, count: MessageAssembler.commandLimit)
        _ = try assembler.consume(value(piece, command: true, last: false))
        #expect(throws: MessageError.commandTooLong(limit: MessageAssembler.commandLimit)) {
            try assembler.consume(self.value([0], command: true, last: false))
        }
    }

    @Test func refusesCommandsThatCannotBeRead() throws {
        #expect(throws: MessageError.self) { try Command([]) }
        #expect(throws: MessageError.self) { try Command([1, 2, 3]) }
        // An element outside group 0000.
        var stray = DataSet(store.elements.elements)
        stray.set(.sopClassUID, UID(known: "1.2"))
        #expect(throws: MessageError.self) { try Command(DataSetWriter.write(stray, .implicitVRLittleEndian)) }
        // A lying group length is only a hint, and is not believed.
        var lying = store.encoded
        lying[8] = 0xFF
        #expect(try Command(lying).messageID == 7)
    }

    @Test func fitsAnyMaximumLength() throws {
        #expect(Fragmenter(maximumLength: 7) == nil)
        for maximum in [8, 9, 64, 16_384, 0] as [UInt32] {
            let values = try #require(Fragmenter(maximumLength: maximum)).values(Message(contextID: 3, command: store))
            var assembler = assembler
            var whole: Command?
            for value in values {
                #expect(maximum == 0 || value.bytes.readableBytes + 6 <= maximum)
                if case .command(let command, _) = try assembler.consume(value) { whole = command }
            }
            #expect(whole?.messageID == 7)
        }
    }

    @Test func errorCommentsAreShortAndPlain() throws {
        let comment = String(repeating: "\\\u{416}", count: 80)
        let response = Command.response(to: store, messageID: 7, status: .outOfResources, comment: comment)
        let read = try Command(response.encoded)
        #expect(read.elements.string(.errorComment)?.utf8.count == 64)
        #expect(read.status == .outOfResources)
        #expect(read.elements.uid(.affectedSOPInstanceUID)?.value == "1.2.3")
    }

    @Test func classesStatuses() {
        #expect(DIMSEStatus.success.meansStored)
        for warning in [0xB000, 0xB006, 0xB007, 0x0107, 0x0001] as [UInt16] {
            #expect(DIMSEStatus(rawValue: warning).meansStored)
        }
        for passing in [0xA700, 0xA7FF, 0x0110, 0x0124, 0x0213] as [UInt16] {
            #expect(DIMSEStatus(rawValue: passing).isTransient && !DIMSEStatus(rawValue: passing).meansStored)
        }
        for lasting in [0xA900, 0xC000, 0xCFFF, 0x0122, 0x0117, 0x0211] as [UInt16] {
            #expect(!DIMSEStatus(rawValue: lasting).isTransient && !DIMSEStatus(rawValue: lasting).meansStored)
        }
    }
}
