// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// In CI a warning is an error; at a user's desk, with another compiler, it is not.
let warnings: [SwiftSetting] = Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)]

/// What every target of ours is compiled with.
let strict: [SwiftSetting] =
    warnings + [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ]

/// Targets that touch no C are checked for memory safety as well.
let pure: [SwiftSetting] = strict + [.strictMemorySafety()]

/// What starts programs: Subprocess, and the paths and descriptors that it takes (Apple's platforms have their own System).
let processes: [Target.Dependency] = [
    .product(name: "Subprocess", package: "swift-subprocess"),
    .product(name: "SystemPackage", package: "swift-system", condition: .when(platforms: [.linux])),
]

let package = Package(
    name: "strata",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "MigrationCore", targets: ["MigrationCore"]),
        .library(name: "MigrationFiles", targets: ["MigrationFiles"]),
        .library(name: "MigrationTesting", targets: ["MigrationTesting"]),
        .library(name: "PostgresAdapter", targets: ["PostgresAdapter"]),
        .library(name: "PostgresSyntax", targets: ["PostgresSyntax"]),
        .library(name: "ThrowawayPostgres", targets: ["ThrowawayPostgres"]),
        .executable(name: "strata", targets: ["strata"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", "3.12.3"..<"5.0.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0", traits: []),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        // The library.
        .target(
            name: "MigrationCore",
            dependencies: [.product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: pure),
        .target(
            name: "MigrationFiles",
            dependencies: [
                "MigrationCore", .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: pure),
        .target(name: "PostgresSyntax", swiftSettings: pure),
        .systemLibrary(
            name: "CLibPQ", pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .target(
            name: "PostgresAdapter",
            dependencies: [
                "CLibPQ", "MigrationCore", "PostgresSyntax", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(name: "ThrowawayPostgres", dependencies: processes, swiftSettings: pure),
        .target(name: "MigrationTesting", dependencies: ["MigrationCore"], swiftSettings: pure),

        // The programs.
        .executableTarget(
            name: "strata",
            dependencies: [
                "MigrationCore", "MigrationFiles", "PostgresAdapter", "PostgresSyntax", "ThrowawayPostgres",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ] + processes,
            swiftSettings: strict),
        .executableTarget(
            name: "throwaway-postgres", dependencies: ["ThrowawayPostgres"] + processes, swiftSettings: strict),
        .executableTarget(
            name: "strata-bench", dependencies: ["MigrationCore", "PostgresSyntax"], path: "Benchmarks/StrataBench",
            swiftSettings: strict),

        // The tests.
        .testTarget(
            name: "MigrationCoreTests", dependencies: ["MigrationCore", "MigrationTesting"], swiftSettings: pure),
        .testTarget(
            name: "ConcurrencyModelTests", dependencies: ["MigrationCore", "MigrationTesting"], swiftSettings: pure),
        .testTarget(
            name: "MigrationTestingTests", dependencies: ["MigrationCore", "MigrationTesting"], swiftSettings: pure),
        .testTarget(
            name: "MigrationFilesTests",
            dependencies: [
                "MigrationFiles", "MigrationCore", .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: pure),
        .testTarget(
            name: "DocumentationTests",
            dependencies: [
                "MigrationCore", "MigrationFiles", "MigrationTesting", "PostgresAdapter", "TestSupport",
                "ThrowawayPostgres", "strata",
            ],
            swiftSettings: pure),
        .testTarget(name: "PostgresSyntaxTests", dependencies: ["PostgresSyntax"], swiftSettings: pure),
        .executableTarget(
            name: "throwaway-owner", dependencies: ["ThrowawayPostgres"], path: "Tests/ThrowawayOwner",
            swiftSettings: pure),
        .testTarget(
            name: "ThrowawayPostgresTests", dependencies: ["ThrowawayPostgres", "throwaway-owner"] + processes,
            swiftSettings: pure),
        .target(
            name: "TestSupport", dependencies: ["MigrationCore", "PostgresAdapter", "ThrowawayPostgres"] + processes,
            path: "Tests/TestSupport", swiftSettings: pure),
        .testTarget(
            name: "SequenceTests",
            dependencies: [
                "PostgresAdapter", "PostgresSyntax", "MigrationCore", "TestSupport", "ThrowawayPostgres", "strata",
            ],
            swiftSettings: pure),
        .testTarget(
            name: "PostgresAdapterTests",
            dependencies: [
                "PostgresAdapter", "PostgresSyntax", "MigrationCore", "MigrationTesting", "TestSupport",
                "ThrowawayPostgres",
            ],
            swiftSettings: pure),
        .testTarget(
            name: "StrataTests", dependencies: ["strata", "TestSupport", "ThrowawayPostgres"] + processes,
            swiftSettings: pure),
    ])
