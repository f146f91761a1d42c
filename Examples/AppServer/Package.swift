// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let package = Package(
    name: "AppServer",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "strata", path: "../..", traits: ["Logging", "ServiceLifecycle"]),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.3"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
    ],
    targets: [
        .executableTarget(
            name: "AppServer",
            dependencies: [
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "MigrationFiles", package: "strata"),
                .product(name: "MigrationService", package: "strata"),
                .product(name: "PostgresAdapter", package: "strata"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .testTarget(
            name: "AppServerTests",
            dependencies: [
                "AppServer",
                .product(name: "MigrationService", package: "strata"),
                .product(name: "PostgresAdapter", package: "strata"),
                .product(name: "ThrowawayPostgres", package: "strata"),
            ]),
    ])
