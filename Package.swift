// swift-tools-version: 6.2
import PackageDescription

// FreeType's headers include each other by paths below this folder, the same on every Debian. `pkgConfig` would add the host's
// library folder to the cross link.
let freeType: [SwiftSetting] = [.unsafeFlags(["-Xcc", "-I/usr/include/freetype2"])]

/// The check of the kernel list, which also stands alone as a C program.
let kernelCheckSources = [
    "check_elementwise.c", "check_f32.c", "check_image.c", "check_layout.c", "check_matrix.c", "check_support.c",
    "kernel_check.c",
]

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
        .systemLibrary(name: "CZlib"),
        .target(
            name: "DICOM", dependencies: ["CZlib"],
            exclude: [
                "CharacterSets/generate_character_tables.py", "Dictionary/generate_dictionary.py",
                "Registry/generate_registry.py",
            ]),
        .target(name: "Records", dependencies: ["DICOM"]),

        // DICOM over TCP.
        .target(
            name: "DICOMNetwork",
            dependencies: [
                "DICOM",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),

        // Pixels, networks, findings, result objects.
        .target(name: "CKernels"),
        .target(name: "Inference", dependencies: ["CKernels"]),
        // The codecs of image/toolchain/build-codecs, found through PKG_CONFIG_PATH, which the Makefile sets.
        .systemLibrary(name: "CCodecs", pkgConfig: "outpost-codecs"),
        .target(
            name: "CSupport", dependencies: ["CCodecs"],
            linkerSettings: [.linkedLibrary("gpiod", .when(platforms: [.linux]))]),
        .systemLibrary(name: "CFreeType"),
        .target(name: "DICOMPixels", dependencies: ["DICOM", "CSupport", "CFreeType"], swiftSettings: freeType),
        .target(name: "Analysis", dependencies: ["Records", "DICOM", "DICOMPixels"], swiftSettings: freeType),
        .target(name: "Results", dependencies: ["Records", "DICOM", "DICOMPixels"], swiftSettings: freeType),

        // Custody: files, databases, queues, transports.
        .target(
            name: "Spool",
            dependencies: [
                "Records", "CSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .target(
            name: "Delivery",
            dependencies: [
                "Records", "DICOM", "DICOMNetwork",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),

        // The stages' services and the program.
        .systemLibrary(name: "CSystemd"),
        .target(
            name: "Appliance",
            dependencies: [
                "Records", "DICOM", "DICOMNetwork", "DICOMPixels", "Inference", "Spool",
                "Analysis", "Results", "Delivery", "CSupport", "CSystemd",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: freeType),
        .executableTarget(
            name: "outpost",
            dependencies: [
                "Appliance", "DICOM", "Inference", "Records", "Spool",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: freeType),

        // Tests mirror the sources. What they talk to is real and started by Tests/Peers.
        .target(name: "TestSupport", dependencies: ["DICOM", "Records", "Spool"], path: "Tests/TestSupport"),
        .testTarget(name: "DICOMTests", dependencies: ["DICOM", "TestSupport"], exclude: ["Python"]),
        .executableTarget(
            name: "outpost-fuzz",
            dependencies: [
                "Appliance", "DICOM", "DICOMNetwork", "DICOMPixels", "Inference", "Records", "Spool",
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Tests/Fuzz", exclude: ["Regressions", "make_models.py"], swiftSettings: freeType),
        .executableTarget(
            name: "outpost-bench-spool", dependencies: ["Spool", "Records", "DICOM"], path: "Tests/Benchmarks/spool",
            exclude: ["drain.py"]),
        .executableTarget(
            name: "outpost-engine-runner", dependencies: ["Inference"], path: "Tests/Benchmarks/engine/Runner"),
        .testTarget(
            name: "DICOMNetworkTests",
            dependencies: [
                "DICOM", "DICOMNetwork", "Delivery", "Records", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .target(
            name: "CKernelCheck", dependencies: ["CKernels"], path: "Tests/CKernelsTests",
            exclude: ["KernelListTests.swift", "run-aarch64", "run-sanitized"], sources: kernelCheckSources,
            publicHeadersPath: "include"),
        .testTarget(
            name: "CKernelsTests", dependencies: ["CKernels", "CKernelCheck"],
            exclude: kernelCheckSources + [
                "check_operators.h", "check_support.h", "include", "run-aarch64", "run-sanitized",
            ]),
        // Runs models for Tests/Conformance/conformance.py.
        .executableTarget(
            name: "outpost-conformance", dependencies: ["Inference"], path: "Tests/Conformance",
            exclude: ["conformance.py"]),
        .testTarget(
            name: "InferenceTests",
            dependencies: ["Inference", "TestSupport", "outpost-conformance", "outpost-engine-runner"],
            exclude: ["make_exported.py", "make_hostile.py", "make_reference.py"]),
        .testTarget(
            name: "DICOMPixelsTests", dependencies: ["DICOMPixels", "DICOM", "TestSupport"], exclude: ["Python"],
            swiftSettings: freeType),
        .testTarget(
            name: "AnalysisTests", dependencies: ["Analysis", "DICOMPixels", "TestSupport"], exclude: ["Python"],
            swiftSettings: freeType),
        .testTarget(
            name: "ResultsTests", dependencies: ["Results", "Records", "DICOM", "TestSupport"], exclude: ["Python"],
            swiftSettings: freeType),
        .testTarget(
            name: "SpoolTests",
            dependencies: [
                "Spool", "Records", "DICOM", "TestSupport", .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        // A disk that can lose power, below the spool's files and below SQLite.
        .target(
            name: "Simulation",
            dependencies: ["Spool", "TestSupport", .product(name: "GRDBSQLite", package: "GRDB.swift")],
            path: "Tests/Simulation"),
        .executableTarget(name: "outpost-soak", dependencies: ["Simulation"], path: "Tests/Soak"),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "Simulation", "Spool", "Records", "DICOM", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(name: "DeliveryTests", dependencies: ["Delivery", "Records", "DICOM", "TestSupport"]),
        .testTarget(
            name: "ApplianceTests",
            dependencies: [
                "Appliance", "DICOM", "DICOMNetwork", "Delivery", "Records", "Spool", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            exclude: ["hostile_control_client.py"], swiftSettings: freeType),
        .testTarget(
            name: "OutpostTests",
            dependencies: [
                "outpost", "Inference", "Records", "Spool", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: freeType),
        .testTarget(
            name: "SliceTests",
            dependencies: [
                "outpost", "DICOM", "DICOMNetwork", "Records", "Spool", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            exclude: ["Python", "send_all.py"], swiftSettings: freeType),
        .testTarget(name: "HouseTests", dependencies: ["TestSupport"]),
    ]
)
