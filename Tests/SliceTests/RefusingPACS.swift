import Foundation
import TestSupport

extension Subprocess {
    /// dcmtk's storescp that takes C-ECHO and no image; its configuration goes into `folder`.
    static func refusingPACS(in folder: TemporaryFolder, port: Int) throws -> Subprocess {
        let profile = folder.file("storescp.cfg")
        try """
            [[TransferSyntaxes]]
            [Uncompressed]
            TransferSyntax1 = LittleEndianImplicit
            [[PresentationContexts]]
            [Nothing]
            PresentationContext1 = VerificationSOPClass\\Uncompressed
            [[Profiles]]
            [Default]
            PresentationContexts = Nothing
            """.write(to: profile, atomically: true, encoding: .utf8)
        return try Subprocess(["storescp", "-xf", profile.path, "Default", "\(port)"])
    }
}
