import DICOM

// Everything that is fuzzed. A new target is a function of this shape and a row in `all`; what it tests becomes a
// dependency of `outpost-fuzz` in Package.swift and an import above. Inputs that once failed lie in
// `Regressions/<name>/` and are run first.

/// A target as libFuzzer calls one: bytes, their count; it returns 0, or the process dies.
typealias FuzzFunction = @convention(c) @Sendable (UnsafePointer<UInt8>?, Int) -> Int32

struct FuzzTarget: Sendable {
    let name: String
    /// Bytes at the start of an input that choose settings, before the bytes that are parsed.
    let settingCount: Int
    /// How many times as long as the others it takes for an input: so many times fewer are run.
    var cost = 1
    /// Whether inputs are changed as messages of the protobuf wire format, and not as data sets.
    var isMessage = false
    let function: FuzzFunction
    /// Inputs to start from, where no folder of files is given: well-formed ones of every kind.
    let seeds: @Sendable () -> [[UInt8]]

    static let all: [FuzzTarget] = [
        FuzzTarget(name: "dataset", settingCount: 1, function: fuzzDataSet, seeds: Seeds.dataSets),
        FuzzTarget(name: "header", settingCount: 2, function: fuzzHeader, seeds: Seeds.headers),
        FuzzTarget(name: "part10", settingCount: 0, function: fuzzPart10, seeds: Seeds.files),
        FuzzTarget(name: "characterset", settingCount: 1, function: fuzzCharacterSet, seeds: Seeds.texts),
        FuzzTarget(name: "pdu", settingCount: 0, function: fuzzPDU, seeds: Seeds.pdus),
        FuzzTarget(name: "association", settingCount: 0, function: fuzzAssociation, seeds: Seeds.associations),
        FuzzTarget(name: "command", settingCount: 0, function: fuzzCommand, seeds: Seeds.commands),
        FuzzTarget(name: "control", settingCount: 1, function: fuzzControl, seeds: Seeds.controls),
        FuzzTarget(name: "pixels", settingCount: 0, cost: 10, function: fuzzPixels, seeds: Seeds.files),
        FuzzTarget(name: "model", settingCount: 0, isMessage: true, function: fuzzModel, seeds: Seeds.models),
        FuzzTarget(name: "numpy", settingCount: 0, function: fuzzNumpy, seeds: Seeds.numpyFiles),
    ]
}

/// The input of a target as Swift's own.
private func input(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> ArraySlice<UInt8> {
    Array(UnsafeBufferPointer(start: bytes, count: count))[...]
}

/// What a data set can be written in and read from, by the first byte of an input.
private func syntax(_ setting: UInt8) -> TransferSyntax {
    let choices = Transcoder.syntaxes + [.rleLossless]
    return choices[Int(setting) % choices.count]
}

/// Small enough that a bomb is found out at once, which makes for more executions.
private var limits: DataSetLimits {
    var limits = DataSetLimits()
    limits.freelyInflatedBytes = 1 << 20
    limits.elements = 100_000
    return limits
}

/// Reads a data set, looks at every value, and writes it in every syntax; what was written must read as the same.
private func fuzzDataSet(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = input(bytes, count)
    guard let setting = input.first else { return 0 }
    guard let dataSet = try? DataSetReader.read(input.dropFirst(), syntax(setting), limits: limits) else { return 0 }
    look(at: dataSet)
    let written = DataSetWriter.write(dataSet, syntax(setting))
    guard let again = try? DataSetReader.read(written[...], syntax(setting)) else {
        preconditionFailure("what was written cannot be read")
    }
    precondition(DataSetWriter.write(again, syntax(setting)) == written, "what was written reads as something else")
    for target in Transcoder.syntaxes {
        _ = try? Transcoder.transcode(input.dropFirst(), from: syntax(setting), to: target, limits: limits)
    }
    return 0
}

private func look(at dataSet: DataSet) {
    for element in dataSet.elements {
        _ = dataSet.displayText(element.tag)
        _ = dataSet.strings(element.tag)
        _ = dataSet.personName(element.tag)
        _ = dataSet.uid(element.tag)
        _ = dataSet.integers(element.tag)
        _ = dataSet.integer(element.tag)
        _ = dataSet.decimals(element.tag)
        _ = dataSet.tags(element.tag)
        _ = dataSet.privateCreator(of: element.tag)
        for item in element.items ?? [] { look(at: item) }
    }
}

/// Feeds a parser in pieces; what the reader takes, the parser must take too.
private func fuzzHeader(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = input(bytes, count)
    guard input.count >= 2 else { return 0 }
    let syntax = syntax(input[0])
    let pieceLength = Int(input[1]) + 1
    let dataSet = input.dropFirst(2)
    let wanted: Set<Tag> = [.sopClassUID, .sopInstanceUID, .modality, .rows]
    do throws(DataSetError) {
        var parser = try HeaderParser(wanted: wanted, syntax: syntax, limits: limits)
        var rest = dataSet
        while !rest.isEmpty {
            try parser.consume(rest.prefix(pieceLength))
            rest = rest.dropFirst(pieceLength)
        }
        try parser.finish()
        look(at: parser.header)
    } catch {
        // A wanted value that is too long is the only thing that the parser alone refuses.
        if case .headerTooLong = error { return 0 }
        let isRead = (try? DataSetReader.read(dataSet, syntax, limits: limits)) != nil
        precondition(!isRead, "the reader takes what the parser refuses: \(error)")
    }
    return 0
}

private func fuzzPart10(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    guard let file = try? Part10.split(input(bytes, count)) else { return 0 }
    look(at: file.meta)
    if let dataSet = try? DataSetReader.read(file.dataSet, file.transferSyntax, limits: limits) { look(at: dataSet) }
    return 0
}

/// Decodes text in one of many sets; no text has more characters than bytes.
private func fuzzCharacterSet(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = input(bytes, count)
    guard let setting = input.first else { return 0 }
    let terms = Seeds.characterSets[Int(setting) % Seeds.characterSets.count]
    let set = CharacterSet(definedTerms: terms)
    for vr in [VR.PN, .LO, .LT] {
        let text = set.decode(input.dropFirst(), vr)
        precondition(text.unicodeScalars.count <= input.count, "text grew")
        _ = PersonName(text).ideographic.displayText
    }
    return 0
}
