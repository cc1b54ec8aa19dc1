// swift-tools-version: 6.2
import PackageDescription

// A package of its own: the library that times is built by those only who want to see times. What is timed are the cases that the
// service's own package has for the guard. The library's plugin looks for them right below a folder with the name Benchmarks.
let package = Package(
  name: "timerd-micro-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    // Without the trait that counts calls of malloc by standing in for it; callgrind counts them for the guard.
    .package(url: "https://github.com/ordo-one/benchmark.git", exact: "1.38.1", traits: []),
    .package(name: "timerd", path: "../.."),
  ],
  targets: [
    .executableTarget(
      name: "HotFunctions",
      dependencies: [
        .product(name: "Benchmark", package: "benchmark"),
        .product(name: "BenchmarkCases", package: "timerd"),
      ],
      path: ".", sources: ["HotFunctions.swift"], swiftSettings: [.swiftLanguageMode(.v6)],
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
  ]
)
