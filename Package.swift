// swift-tools-version: 6.2
import Foundation
import PackageDescription

// The library of libFuzzer, if this is to become the fuzzer that `make fuzz` runs instead of the service and its tests.
let fuzzerRuntime = ProcessInfo.processInfo.environment["FUZZER_RUNTIME"]

// Warnings become errors here and not by a flag of the command line, which would hold for dependencies as well.
let isStrict = ProcessInfo.processInfo.environment["WARNINGS_AS_ERRORS"] != nil

let settings: [SwiftSetting] =
  (isStrict ? [.treatAllWarnings(as: .error)] : []) + [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  ]
  + (fuzzerRuntime == nil ? [] : [.unsafeFlags(["-Xfrontend", "-sanitize=fuzzer", "-enable-testing"])])

/// A target of the service; `path` is below `Sources`, `uses` are targets of this package.
func source(
  _ name: String, path: String, uses: [String] = [], products: [Target.Dependency] = []
) -> Target {
  .target(
    name: name, dependencies: uses.map { .target(name: $0) } + products,
    path: "Sources/\(path)", swiftSettings: settings)
}

/// The dependencies on targets that are built only with a trait.
func only(_ targets: [String], with trait: String) -> [Target.Dependency] {
  targets.map { .target(name: $0, condition: .when(traits: [trait])) }
}

func test(
  _ name: String, path: String, uses: [String], products: [Target.Dependency] = [],
  exclude: [String] = [], resources: [Resource] = []
) -> Target {
  .testTarget(
    name: name, dependencies: uses.map { .target(name: $0) } + products,
    path: "Tests/\(path)", exclude: exclude, resources: resources, swiftSettings: settings)
}

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let serviceContext = Target.Dependency.product(
  name: "ServiceContextModule", package: "swift-service-context")
let instrumentation = Target.Dependency.product(
  name: "Instrumentation", package: "swift-distributed-tracing")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")

let package = Package(
  name: "timerd",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "timerd", targets: ["TimerServer"]),
    // For adapters of the ports in other packages, and for their conformance tests.
    .library(name: "TimerModel", targets: ["TimerModel"]),
    .library(name: "TimerTesting", targets: ["TimerTesting"]),
    // For Benchmarks/Micro, a package of its own, so that nobody else waits for the library that times them.
    .library(name: "BenchmarkCases", targets: ["BenchmarkCases"]),
  ],
  // Without them the embedded service remains, which needs libcurl, libcrypto and SQLite and no other library of a client.
  traits: [
    .trait(name: "Postgres", description: "PostgreSQL as the store."),
    .trait(name: "MySQL", description: "MySQL or MariaDB as the store."),
    .trait(name: "Redis", description: "Redis as the near-term index."),
    .trait(name: "Kafka", description: "Kafka for commands, fired timers and events."),
    .default(enabledTraits: ["Postgres", "Redis", "Kafka"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
    .package(
      url: "https://github.com/apple/swift-configuration.git", from: "1.4.0", traits: ["JSON", "YAML"]),
    .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.0"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.0"),
    .package(url: "https://github.com/apple/swift-system.git", from: "1.8.0"),
    .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift.git", from: "0.2.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0"),
    .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.0"),
    .package(url: "https://github.com/apple/swift-service-context.git", from: "1.5.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
  ],
  targets: [
    source("JSONBytes", path: "JSONBytes"),
    source("TimerModel", path: "TimerModel", uses: ["JSONBytes"]),
    source("TimerWire", path: "TimerWire", uses: ["JSONBytes", "TimerModel"]),
    .target(
      name: "Telemetry",
      dependencies: [
        "JSONBytes", "TimerModel", "TimerWire", "NodeRuntime", logging, coreMetrics, tracing, serviceContext,
      ],
      path: "Sources/Telemetry", exclude: ["OTLP"], swiftSettings: settings),
    source(
      "TelemetryOTLP", path: "Telemetry/OTLP",
      uses: ["JSONBytes", "TimerModel", "Telemetry", "NodeRuntime", "CurlClient"],
      products: [logging, lifecycle, tracing, instrumentation]),
    // Not `Runtime`: the toolchain has a module of that name, for backtraces, which would be imported where this one is not listed.
    source("NodeRuntime", path: "NodeRuntime", uses: ["TimerModel", "CEpoll"]),

    source(
      "KafkaClient", path: "KafkaClient", uses: ["JSONBytes", "NodeRuntime", "TimerModel", "CLibrdkafka"],
      products: [logging]),

    source(
      "Ingest", path: "Ingest/Core", uses: ["TimerModel", "TimerWire", "Telemetry"],
      products: [logging, lifecycle, deque]),
    source(
      "Scheduler", path: "Scheduler/Core", uses: ["TimerModel", "Telemetry", "NodeRuntime"],
      products: [logging, lifecycle, heap, deque]),
    source(
      "SchedulerRedis", path: "Scheduler/Redis",
      uses: ["JSONBytes", "TimerModel", "NodeRuntime", "Telemetry", "CHiredis"],
      products: [logging, deque]),
    source(
      "Delivery", path: "Delivery/Core", uses: ["TimerModel", "TimerWire", "Telemetry", "NodeRuntime"],
      products: [logging, lifecycle, heap, deque]),
    source("CurlClient", path: "CurlClient", uses: ["NodeRuntime", "TimerModel", "CLibcurl", "CEpoll"]),
    source(
      "DeliveryHTTP", path: "Delivery/HTTP",
      uses: ["JSONBytes", "TimerModel", "TimerWire", "CurlClient", "CLibcrypto"],
      products: [lifecycle]),
    source(
      "Outbox", path: "Outbox/Core", uses: ["TimerModel", "Telemetry", "NodeRuntime"],
      products: [logging, lifecycle]),
    source("OutboxKafka", path: "Outbox/Kafka", uses: ["KafkaClient", "TimerModel"], products: [logging]),
    source(
      "DeliveryKafka", path: "Delivery/Kafka",
      uses: ["JSONBytes", "TimerModel", "TimerWire", "NodeRuntime", "KafkaClient"]),
    source(
      "IngestKafka", path: "Ingest/Kafka",
      uses: ["TimerModel", "TimerWire", "NodeRuntime", "Telemetry", "KafkaClient"],
      products: [logging, lifecycle, deque]),
    source(
      "Persistence", path: "Persistence/Core",
      uses: ["JSONBytes", "TimerModel", "TimerWire", "Telemetry", "NodeRuntime"],
      products: [logging, lifecycle]),
    source(
      "PersistenceSQLite", path: "Persistence/SQLite", uses: ["JSONBytes", "TimerModel", "Persistence"],
      products: [
        logging, .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ]),
    source(
      "PersistencePostgres", path: "Persistence/Postgres",
      uses: ["TimerModel", "Telemetry", "NodeRuntime", "Persistence", "CLibpq"], products: [logging]),
    source(
      "PersistenceMySQL", path: "Persistence/MySQL",
      uses: ["JSONBytes", "TimerModel", "Telemetry", "NodeRuntime", "Persistence", "CLibmariadb"],
      products: [logging]),
    source(
      "HTTPAPI", path: "HTTPAPI", uses: ["JSONBytes", "TimerModel", "TimerWire", "Telemetry"],
      products: [
        logging, lifecycle, hummingbird, .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOExtras", package: "swift-nio-extras"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
      ]),
    source(
      "LoadTest", path: "LoadTest",
      uses: ["JSONBytes", "TimerModel", "TimerWire", "NodeRuntime", "CurlClient"],
      products: [
        .product(name: "Histogram", package: "hdrhistogram-swift"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ]),
    .executableTarget(
      name: "TimerServer",
      dependencies: [
        "JSONBytes", "TimerModel", "TimerWire", "Telemetry", "TelemetryOTLP", "NodeRuntime", "CurlClient",
        "Ingest", "Scheduler", "Delivery", "DeliveryHTTP", "Outbox", "Persistence", "PersistenceSQLite",
        "HTTPAPI", "LoadTest", logging, lifecycle,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        .product(name: "Yams", package: "Yams"),
      ] + only(["PersistencePostgres"], with: "Postgres") + only(["PersistenceMySQL"], with: "MySQL")
        + only(["SchedulerRedis"], with: "Redis")
        + only(["DeliveryKafka", "IngestKafka", "KafkaClient", "OutboxKafka"], with: "Kafka"),
      path: "Sources/TimerServer", swiftSettings: settings),
    source("TimerTesting", path: "TimerTesting", uses: ["TimerModel"]),
    .target(
      name: "BenchmarkCases",
      dependencies: [
        "Delivery", "DeliveryHTTP", "PersistencePostgres", "Scheduler", "TimerModel", "TimerWire",
      ],
      path: "Benchmarks/Cases", swiftSettings: settings),
    .executableTarget(
      name: "timerd-guard", dependencies: ["BenchmarkCases"], path: "Benchmarks/Guard",
      exclude: ["thresholds.json"],
      swiftSettings: settings),
    .systemLibrary(
      name: "CLibpq", path: "Sources/CLibraries/CLibpq", pkgConfig: "libpq",
      providers: [.apt(["libpq-dev"])]),
    .systemLibrary(
      name: "CLibmariadb", path: "Sources/CLibraries/CLibmariadb", pkgConfig: "libmariadb",
      providers: [.apt(["libmariadb-dev"])]),
    .systemLibrary(
      name: "CLibcurl", path: "Sources/CLibraries/CLibcurl", pkgConfig: "libcurl",
      providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(
      name: "CLibcrypto", path: "Sources/CLibraries/CLibcrypto", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CEpoll", path: "Sources/CLibraries/CEpoll"),
    .systemLibrary(
      name: "CHiredis", path: "Sources/CLibraries/CHiredis",
      providers: [.apt(["libhiredis-dev"])]),
    .systemLibrary(
      name: "CLibrdkafka", path: "Sources/CLibraries/CLibrdkafka", pkgConfig: "rdkafka",
      providers: [.apt(["librdkafka-dev"])]),

    // Real servers, proxies and receivers, for this package's own tests; those of other packages have TimerTesting.
    .target(
      name: "TestSupport",
      dependencies: [
        "KafkaClient", logging,
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      path: "Tests/Support", exclude: ["Kafka/kafka-proxy", "Kafka/kafka_sasl.py"], swiftSettings: settings),
    test("StyleTests", path: "Style", uses: []),
    test("JSONBytesTests", path: "JSONBytes", uses: ["JSONBytes"]),
    test("TimerModelTests", path: "TimerModel", uses: ["TimerModel"]),
    test(
      "TimerWireTests", path: "TimerWire",
      uses: ["JSONBytes", "TestSupport", "TimerModel", "TimerTesting", "TimerWire"]),
    test("RuntimeTests", path: "NodeRuntime", uses: ["NodeRuntime", "TimerModel"]),
    test(
      "IngestTests", path: "Ingest", uses: ["Ingest", "TimerModel", "TimerTesting", "TimerWire"],
      products: [logging]),
    test(
      "KafkaClientTests", path: "KafkaClient", uses: ["KafkaClient", "TestSupport"], products: [logging]),
    test(
      "IngestKafkaTests", path: "IngestKafka",
      uses: [
        "DeliveryKafka", "IngestKafka", "KafkaClient", "OutboxKafka", "NodeRuntime", "TestSupport",
        "TimerModel", "TimerTesting", "TimerWire",
      ],
      products: [logging, lifecycle]),
    test(
      "SchedulerTests", path: "Scheduler", uses: ["Scheduler", "NodeRuntime", "TimerModel", "TimerTesting"]),
    test(
      "SchedulerRedisTests", path: "SchedulerRedis",
      uses: [
        "PersistencePostgres", "Scheduler", "SchedulerRedis", "NodeRuntime", "TestSupport", "TimerModel",
      ],
      products: [logging, lifecycle]),
    test(
      "DeliveryTests", path: "Delivery", uses: ["Delivery", "TimerModel", "TimerTesting", "TimerWire"]),
    test(
      "OutboxKafkaTests", path: "OutboxKafka",
      uses: [
        "KafkaClient", "Outbox", "OutboxKafka", "NodeRuntime", "TestSupport", "TimerModel", "TimerTesting",
      ],
      products: [logging, lifecycle]),
    test(
      "OutboxTests", path: "Outbox", uses: ["Outbox", "TimerModel", "TimerTesting"],
      products: [logging]),
    test(
      "DeliveryHTTPTests", path: "DeliveryHTTP",
      uses: ["CurlClient", "DeliveryHTTP", "TestSupport", "TimerModel"]),
    test(
      "PersistenceSQLiteTests", path: "PersistenceSQLite",
      uses: ["Persistence", "PersistenceSQLite", "TimerModel", "TimerTesting"],
      products: [.product(name: "GRDB", package: "GRDB.swift")]),
    test(
      "PersistencePostgresTests", path: "PersistencePostgres",
      uses: [
        "Persistence", "PersistencePostgres", "NodeRuntime", "TestSupport", "TimerModel", "TimerTesting",
      ]),
    test(
      "PersistenceMySQLTests", path: "PersistenceMySQL",
      uses: [
        "Persistence", "PersistenceMySQL", "NodeRuntime", "TestSupport", "TimerModel", "TimerTesting",
      ]),
    test(
      "HTTPAPITests", path: "HTTPAPI",
      uses: [
        "HTTPAPI", "Ingest", "JSONBytes", "Telemetry", "TestSupport", "TimerModel", "TimerTesting",
        "TimerWire",
      ],
      products: [
        logging, lifecycle, .product(name: "Yams", package: "Yams"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
      ]),
    test(
      "TelemetryTests", path: "Telemetry",
      uses: ["Delivery", "Ingest", "JSONBytes", "Telemetry", "TestSupport", "TimerModel", "TimerTesting"],
      products: [logging, lifecycle, coreMetrics]),
    test("LoadTestTests", path: "LoadTest", uses: ["LoadTest", "TimerModel"]),
    test(
      "TelemetryOTLPTests", path: "TelemetryOTLP",
      uses: ["CurlClient", "Telemetry", "TelemetryOTLP", "TestSupport", "TimerModel", "TimerTesting"],
      products: [tracing, logging, lifecycle]),
    test(
      "TimerServerTests", path: "TimerServer",
      uses: [
        "JSONBytes", "TimerServer", "PersistencePostgres", "NodeRuntime", "TimerModel", "TimerTesting",
      ],
      products: [
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ]),
    test(
      "ConformanceTests", path: "Conformance",
      uses: [
        "PersistenceMySQL", "PersistencePostgres", "PersistenceSQLite", "Scheduler", "SchedulerRedis",
        "NodeRuntime", "TestSupport", "TimerModel", "TimerTesting",
      ],
      products: [logging]),
    test(
      "SimulationTests", path: "Simulation",
      uses: ["Scheduler", "Delivery", "TimerModel", "TimerTesting"], products: [heap]),
    test(
      "IntegrationTests", path: "Integration",
      uses: [
        "Delivery", "DeliveryHTTP", "JSONBytes", "KafkaClient", "PersistencePostgres", "NodeRuntime",
        "Scheduler", "SchedulerRedis", "Telemetry", "TestSupport", "TimerModel", "TimerServer",
        "TimerTesting",
      ],
      products: [logging, lifecycle],
      exclude: ["schemathesis.toml"], resources: [.copy("Resources/clock-shim.c")]),
  ]
)

let parsers: [Target.Dependency] = [
  "CHiredis", "CLibcurl", "CurlClient", "Delivery", "DeliveryHTTP", "HTTPAPI", "IngestKafka", "JSONBytes",
  "KafkaClient", "Persistence", "PersistencePostgres", "SchedulerRedis", "Telemetry", "TelemetryOTLP",
  "TimerModel", "TimerServer", "TimerTesting", "TimerWire", hummingbird, logging,
  .product(name: "HummingbirdCore", package: "hummingbird"),
  .product(name: "HTTPTypes", package: "swift-http-types"),
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOEmbedded", package: "swift-nio"),
  .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
]

if let fuzzerRuntime {
  // Only a library can be linked into a second program; its main() makes room for the fuzzer's.
  let renamed = ["-Xfrontend", "-entry-point-function-name", "-Xfrontend", "timerd_main"]
  package.products = [.executable(name: "timerd-fuzz", targets: ["timerd-fuzz"])]
  package.targets.removeAll { $0.type == .test }
  package.targets = package.targets.map { target in
    guard target.name == "TimerServer" else { return target }
    return .target(
      name: target.name, dependencies: target.dependencies, path: target.path,
      swiftSettings: settings + [.unsafeFlags(renamed)])
  }
  package.targets.append(
    .executableTarget(
      name: "timerd-fuzz", dependencies: parsers, path: "Tests/Fuzz",
      exclude: ["Corpora", "Dictionaries", "Replay"], swiftSettings: settings,
      linkerSettings: [.unsafeFlags([fuzzerRuntime]), .linkedLibrary("stdc++")]))
} else {
  package.targets.append(
    .testTarget(
      name: "FuzzTests", dependencies: parsers, path: "Tests/Fuzz",
      exclude: ["Corpora", "Dictionaries", "Driver"], swiftSettings: settings))
}
