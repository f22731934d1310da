// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "outpost",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "outpost", targets: ["outpost"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Pure values and codecs.
        .target(name: "DICOM", exclude: ["Dictionary/generate_dictionary.py"]),
        .target(name: "Records", dependencies: ["DICOM"]),

        // DICOM over TCP.
        .target(
            name: "DICOMNetwork",
            dependencies: [
                "DICOM",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),

        // Pixels, networks, findings, result objects.
        .target(name: "CKernels"),
        .target(name: "Inference", dependencies: ["CKernels"]),
        .systemLibrary(name: "CFreeType"),
        .target(name: "DICOMPixels", dependencies: ["DICOM", "CFreeType"]),
        .target(name: "Analysis", dependencies: ["Records", "DICOM", "DICOMPixels", "Inference"]),
        .target(name: "Results", dependencies: ["Records", "DICOM", "DICOMPixels"]),

        // Custody: files, databases, queues, transports.
        .target(
            name: "Spool",
            dependencies: [
                "Records",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .target(
            name: "Delivery",
            dependencies: [
                "Records", "DICOM", "DICOMPixels", "DICOMNetwork",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),

        // The stages' services and the program.
        .target(
            name: "Appliance",
            dependencies: [
                "Records", "DICOM", "DICOMNetwork", "DICOMPixels", "Inference", "Spool",
                "Analysis", "Results", "Delivery",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ]),
        .executableTarget(
            name: "outpost",
            dependencies: [
                "Appliance",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
    ]
)
