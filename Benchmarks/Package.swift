// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody waits for it who builds the service. It starts the service's release build as a
// child process and knows of it what a client knows.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
  name: "timerd-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0")
  ],
  targets: [
    .target(
      name: "CLoad",
      linkerSettings: [.linkedLibrary("curl"), .linkedLibrary("rdkafka"), .linkedLibrary("pq")]),
    .systemLibrary(name: "CSQLite"),
    .executableTarget(
      name: "timerd-bench",
      dependencies: ["CLoad", "CSQLite", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      path: "Sources/TimerdBench", swiftSettings: settings),
  ]
)
