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

/// The parts of `MigrationService` that speak to other packages. Off by default: what no trait asks for is not even fetched.
let traits: Set<Trait> = [
    .trait(name: "ServiceLifecycle", description: "MigrationServiceGroup: migrations first, then services"),
    .trait(name: "Logging", description: "MigrationLog: what happens at the start, for swift-log"),
    .trait(name: "Metrics", description: "MigrationMetrics: counts and durations, for swift-metrics"),
    .trait(
        name: "Tracing",
        description: "MigrationTracing: a span for each run and migration, for swift-distributed-tracing"),
    .trait(name: "Configuration", description: "MigrationSettings from a reader of swift-configuration"),
]

/// What those parts are made of, each behind its trait. A group of services has a logger, so it needs swift-log as well.
let bridges: [Target.Dependency] = [
    .product(
        name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: .when(traits: ["ServiceLifecycle"])),
    .product(name: "Logging", package: "swift-log", condition: .when(traits: ["Logging", "ServiceLifecycle"])),
    .product(name: "Metrics", package: "swift-metrics", condition: .when(traits: ["Metrics"])),
    .product(name: "Tracing", package: "swift-distributed-tracing", condition: .when(traits: ["Tracing"])),
    .product(name: "Configuration", package: "swift-configuration", condition: .when(traits: ["Configuration"])),
]

/// What those parts are tested with.
let bridgeTests: [Target.Dependency] =
    bridges + [
        .product(
            name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle",
            condition: .when(traits: ["ServiceLifecycle"])),
        .product(name: "InMemoryLogging", package: "swift-log", condition: .when(traits: ["Logging"])),
        .product(name: "MetricsTestKit", package: "swift-metrics", condition: .when(traits: ["Metrics"])),
        .product(name: "InMemoryTracing", package: "swift-distributed-tracing", condition: .when(traits: ["Tracing"])),
    ]

let package = Package(
    name: "strata",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "BackupKit", targets: ["BackupKit"]),
        .library(name: "ChromaAdapter", targets: ["ChromaAdapter"]),
        .library(name: "MigrationCore", targets: ["MigrationCore"]),
        .library(name: "MigrationFiles", targets: ["MigrationFiles"]),
        .library(name: "MigrationService", targets: ["MigrationService"]),
        .library(name: "MigrationTesting", targets: ["MigrationTesting"]),
        .library(name: "PostgresAdapter", targets: ["PostgresAdapter"]),
        .library(name: "PostgresSyntax", targets: ["PostgresSyntax"]),
        .library(name: "RedisAdapter", targets: ["RedisAdapter"]),
        .library(name: "ThrowawayPostgres", targets: ["ThrowawayPostgres"]),
        .library(name: "ThrowawayRedis", targets: ["ThrowawayRedis"]),
        .executable(name: "strata", targets: ["strata"]),
    ],
    traits: traits,
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", "3.12.3"..<"5.0.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0", traits: []),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        // For traits only.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.3"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.7.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.2.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.0.0", traits: []),
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
        .target(name: "BackupKit", dependencies: ["MigrationCore"] + processes, swiftSettings: strict),
        // Without pkg-config: what that says of hiredis makes every command of the package manager print a warning.
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"]), .brew(["hiredis"])]),
        .target(name: "CRedisGuardian"),
        .target(
            name: "RedisAdapter", dependencies: ["CHiredis", "CRedisGuardian", "MigrationCore", "ThrowawayRedis"],
            swiftSettings: strict),
        .target(name: "ThrowawayRedis", dependencies: ["MigrationCore"], swiftSettings: strict),
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
        .target(name: "ChromaAdapter", dependencies: ["CSQLite", "MigrationCore"], swiftSettings: strict),
        .target(name: "ThrowawayPostgres", dependencies: processes, swiftSettings: pure),
        .target(name: "MigrationTesting", dependencies: ["MigrationCore"], swiftSettings: pure),
        .target(name: "MigrationService", dependencies: ["MigrationCore"] + bridges, swiftSettings: pure),

        // The programs.
        .executableTarget(
            name: "strata",
            dependencies: [
                "BackupKit", "ChromaAdapter", "MigrationCore", "MigrationFiles", "PostgresAdapter", "PostgresSyntax",
                "RedisAdapter",
                "ThrowawayPostgres", .product(name: "ArgumentParser", package: "swift-argument-parser"),
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
            name: "BackupKitTests", dependencies: ["BackupKit", "BackupTestSupport", "MigrationCore"] + processes,
            swiftSettings: pure),
        .testTarget(
            name: "MigrationServiceTests",
            dependencies: [
                "MigrationService", "MigrationCore", "MigrationTesting", "PostgresAdapter", "TestSupport",
            ] + bridgeTests,
            swiftSettings: pure),
        .testTarget(
            name: "DocumentationTests",
            dependencies: [
                "BackupKit", "ChromaAdapter", "MigrationCore", "MigrationFiles", "MigrationService", "MigrationTesting",
                "PostgresAdapter", "RedisAdapter", "TestSupport", "ThrowawayPostgres", "ThrowawayRedis", "strata",
            ] + bridges,
            swiftSettings: pure),
        .testTarget(name: "PostgresSyntaxTests", dependencies: ["PostgresSyntax"], swiftSettings: pure),
        .executableTarget(
            name: "throwaway-owner", dependencies: ["ThrowawayPostgres"], path: "Tests/ThrowawayOwner",
            swiftSettings: pure),
        .testTarget(
            name: "ThrowawayPostgresTests", dependencies: ["ThrowawayPostgres", "throwaway-owner"] + processes,
            swiftSettings: pure),
        .target(
            name: "TestSupport",
            dependencies: ["BackupKit", "MigrationCore", "PostgresAdapter", "ThrowawayPostgres"] + processes,
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
        .target(
            name: "BackupTestSupport", dependencies: ["BackupKit", "MigrationCore"] + processes,
            path: "Tests/BackupTestSupport",
            swiftSettings: pure),
        .testTarget(
            name: "RedisAdapterTests",
            dependencies: ["RedisAdapter", "ThrowawayRedis", "MigrationCore", "BackupTestSupport", "TestSupport"]
                + processes,
            swiftSettings: pure),
        .testTarget(
            name: "ChromaAdapterTests",
            dependencies: ["ChromaAdapter", "MigrationCore", "BackupTestSupport", "TestSupport"] + processes,
            swiftSettings: pure),
        .testTarget(
            name: "PostgresBackupTests",
            dependencies: ["BackupKit", "PostgresAdapter", "MigrationCore", "TestSupport", "ThrowawayPostgres"]
                + processes,
            swiftSettings: pure),
        .testTarget(
            name: "StrataTests",
            dependencies: [
                "BackupKit", "MigrationCore", "strata", "TestSupport", "ThrowawayPostgres", "ThrowawayRedis",
            ]
                + processes,
            swiftSettings: pure),
    ])
