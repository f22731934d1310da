/// Decides the representations that the data dictionary leaves open, for data sets that were read from Implicit VR:
/// US or SS, OB or OW, US or OW (PS3.5 annex A, PS3.3 C.7.6.3, C.7.6.4, C.10.9, C.11).
enum AmbiguousRepresentation {
    /// What the elements of a data set say about others, in it and in its items.
    private struct Context {
        var isSigned = false
        var bitsAllocated: Int?
    }

    static func resolved(_ dataSet: DataSet) -> DataSet { resolved(dataSet, Context()) }

    private static func resolved(_ dataSet: DataSet, _ outer: Context) -> DataSet {
        var context = outer
        if let representation = dataSet.integer(.pixelRepresentation) { context.isSigned = representation == 1 }
        if let bits = dataSet.integer(.bitsAllocated) { context.bitsAllocated = bits }
        return dataSet.compactMap { element in
            if let items = element.items {
                // What is UN here was decided when it was read, apart from what is around it.
                if element.vr == .UN { return element }
                var copy = element
                copy.value = .sequence(items.map { resolved($0, context) })
                return copy
            }
            // Most elements have other representations, and looking up is dearer than comparing.
            guard element.vr == .US || element.vr == .OW, let choice = DataDictionary.choice(for: element.tag) else {
                return element
            }
            return element.with(representation(of: element, choice, in: dataSet, context))
        }
    }

    private static func representation(
        of element: DataElement, _ choice: DataDictionary.Choice, in dataSet: DataSet, _ context: Context
    ) -> VR {
        switch choice {
        case .unsignedOrSigned:
            return context.isSigned ? .SS : .US
        case .lookupTable:
            // A table with one entry is written as one number (PS3.3 C.11.1.1.1).
            let descriptor = dataSet[.lutDescriptor] ?? dataSet[.grayLookupTableDescriptor]
            let entries = descriptor?.bytes?.integer(UInt16.self, element.byteOrder)
            return entries == 1 ? .US : .OW
        case .byteOrWord:
            let bits: Int?
            switch element.tag.group {
            case Tag.pixelData.group: bits = context.bitsAllocated
            case Tag.waveformData.group: bits = dataSet.integer(.waveformBitsAllocated)
            // Overlays and curves have always been words where no VR is written (PS3.5 A.1).
            default: bits = nil
            }
            // Cells of eight bits are bytes in any order; as words they would have to be swapped (PS3.5 A.2).
            return bits.map { $0 <= 8 } == true ? .OB : .OW
        }
    }
}

extension Tag {
    static let grayLookupTableDescriptor = Tag(0x0028, 0x1100)
    static let waveformBitsAllocated = Tag(0x5400, 0x1004)
    static let waveformData = Tag(0x5400, 0x1010)
}
