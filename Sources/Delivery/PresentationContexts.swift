import DICOM
import DICOMNetwork
import Records

/// What one presentation context is for.
struct SyntaxPair: Hashable {
    var sopClassUID: UID
    var transferSyntax: TransferSyntax

    /// The stored syntax first; for uncompressed objects the other little-endian one too.
    static func needed(for consignment: Consignment) -> [SyntaxPair] {
        [consignment.transferSyntax, Transcoding.other(consignment.transferSyntax)].compactMap { syntax in
            syntax.map { SyntaxPair(sopClassUID: consignment.sopClassUID, transferSyntax: $0) }
        }
    }
}

/// The pairs that one association is opened for.
struct PresentationContexts {
    /// Odd IDs from 1 to 255 (PS3.8 section 9.3.2.2).
    static let maximum = 128

    private var pairs: [SyntaxPair] = []
    private var known: Set<SyntaxPair> = []

    /// Those that the longest beginning of `consignments` needs that fits one association.
    init(for consignments: some Sequence<Consignment>) {
        for consignment in consignments {
            let needed = SyntaxPair.needed(for: consignment).filter { !known.contains($0) }
            guard pairs.count + needed.count <= Self.maximum else { return }
            pairs += needed
            known.formUnion(needed)
        }
    }

    /// Whether the association can be asked to carry the object: what it then takes, its answer says.
    func cover(_ consignment: Consignment) -> Bool {
        SyntaxPair.needed(for: consignment).allSatisfy(known.contains)
    }

    /// One for each pair, so that the peer answers for exactly that.
    var proposals: [PresentationContextProposal] {
        pairs.enumerated().map { index, pair in
            PresentationContextProposal(
                id: UInt8(2 * index + 1), abstractSyntax: pair.sopClassUID, transferSyntaxes: [pair.transferSyntax])
        }
    }
}
