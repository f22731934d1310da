/// Who may import whom: the plan of the house as data. SwiftPM does not catch an import of a module that only a
/// dependency's dependency brought along.
enum ImportGraph {
    /// What comes with the toolchain; harmless but where a target is to stay free of everything.
    static let system: Set<String> = [
        "Foundation", "FoundationEssentials", "Glibc", "Musl", "Darwin", "Dispatch", "Synchronization",
    ]

    /// These import nothing beyond their row, not even what `system` holds.
    static let bare: Set<String> = ["DICOM", "Records", "CKernels"]

    private static let nio: Set<String> = ["NIO", "NIOCore", "NIOPosix", "NIOConcurrencyHelpers"]
    private static let nioTLS: Set<String> = ["NIOSSL"]

    /// A row for each folder of `Sources`; for a folder with rules of its own, such as `Appliance/Control`, another
    /// row that adds to its target's.
    static let allowed: [String: Set<String>] = [
        // DICOM inflates deflated data sets with zlib.
        "DICOM": ["CZlib"],
        "Records": ["DICOM"],
        "CKernels": [],
        "CSupport": ["CCodecs"],
        "CCodecs": [],
        "CFreeType": [],
        "CSystemd": [],
        "CZlib": [],
        "DICOMPixels": ["DICOM", "CSupport", "CFreeType"],
        "Inference": ["CKernels"],
        "DICOMNetwork": nio.union(nioTLS).union(["DICOM"]),
        "Spool": ["Records", "DICOM", "CSupport", "GRDB", "Crypto"],
        "Analysis": ["Records", "DICOM", "DICOMPixels", "Inference"],
        "Results": ["Records", "DICOM", "DICOMPixels"],
        "Delivery": nio.union(nioTLS).union([
            "Records", "DICOM", "DICOMPixels", "DICOMNetwork", "AsyncHTTPClient", "NIOHTTP1", "Crypto", "X509",
        ]),
        "Appliance": [
            "Records", "DICOM", "DICOMNetwork", "DICOMPixels", "Inference", "Spool", "Analysis", "Results",
            "Delivery", "CSupport", "Crypto", "ServiceLifecycle", "UnixSignals", "Logging",
        ],
        // Bytes come from the network in its buffers.
        "Appliance/Intake": ["NIOCore"],
        "Appliance/Configuration": ["Yams"],
        "Appliance/Control": nio.union(nioTLS),
        // The service manager, the journal, and the event loops that are watched.
        "Appliance/Supervision": nio.union(["CSystemd"]),
        "Appliance/Provisioning": ["X509"],
        "FleetHub": [
            "Records", "DICOM", "DICOMPixels", "Results", "Delivery", "Hummingbird", "HummingbirdTLS", "GRDB", "Crypto",
            "X509", "ServiceLifecycle", "Logging", "Yams",
        ],
        // Thin, but its commands print what these hold.
        "outpost": ["Appliance", "ArgumentParser", "DICOM", "Inference", "Logging", "Records", "Spool"],
        "outpost-hub": ["FleetHub", "ArgumentParser"],
    ]

    /// What a file may import; nil where its target has no row yet.
    static func modules(allowedIn file: SourceTree.File) -> Set<String>? {
        guard var modules = allowed[file.target] else { return nil }
        let folder = file.path.split(separator: "/").dropFirst().prefix(2).joined(separator: "/")
        if folder != file.target { modules.formUnion(allowed[folder] ?? []) }
        return bare.contains(file.target) ? modules : modules.union(system)
    }

    /// The module that a line imports, whatever stands before and after: `@preconcurrency import struct A.B` → `A`.
    static func module(importedBy line: String) -> String? {
        let pattern = #/
            ^\s* (@\w+(\([^)]*\))?\s+)* ((public|package|internal|fileprivate|private)\s+)?
            import\s+ ((struct|class|enum|protocol|typealias|func|let|var)\s+)? (?<module>\w+)
            /#
        return line.firstMatch(of: pattern).map { String($0.module) }
    }
}
