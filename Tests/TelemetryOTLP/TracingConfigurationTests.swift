import Testing

@testable import TelemetryOTLP

@Suite struct TracingConfigurationTests {
  private static func read(_ environment: [String: String]) throws -> TracingConfiguration {
    try TracingConfiguration(environment: environment, node: "n/1", version: "1")
  }

  @Test(
    arguments: [
      ([:], TracingConfiguration.Exporter.none), (["OTEL_EXPORTER_OTLP_ENDPOINT": ""], .none),
      (
        ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318/"], .otlp(url: "http://c:4318/v1/traces")
      ),
      (
        [
          "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318",
          "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://d/x",
        ], .otlp(url: "https://d/x")
      ),
      (["OTEL_TRACES_EXPORTER": "otlp"], .otlp(url: "http://localhost:4318/v1/traces")),
      (["OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c"], .none),
      (["OTEL_TRACES_EXPORTER": "console"], .console),
      (["OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c"], .none),
    ] as [([String: String], TracingConfiguration.Exporter)])
  func variablesChooseExporter(environment: [String: String], to exporter: TracingConfiguration.Exporter)
    throws
  {
    #expect(try Self.read(environment).exporter == exporter)
  }

  @Test func invalidVariablesAreNamedWithoutValues() {
    let error = #expect(throws: TracingConfiguration.ParseError.self) {
      _ = try Self.read([
        "OTEL_TRACES_EXPORTER": "zipkin", "OTEL_TRACES_SAMPLER": "some", "OTEL_TRACES_SAMPLER_ARG": "2",
        "OTEL_BSP_MAX_QUEUE_SIZE": "many", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
      ])
    }
    #expect(
      error?.problems.map { $0.prefix { $0 != ":" } }.sorted() == [
        "OTEL_BSP_MAX_QUEUE_SIZE", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_TRACES_EXPORTER",
        "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG",
      ])
    #expect(error?.problems.contains { $0.contains("zipkin") || $0.contains("many") } == false)
  }

  @Test func resourceNamesServiceAndNode() throws {
    let read = try Self.read([
      "OTEL_SERVICE_NAME": "timers", "OTEL_RESOURCE_ATTRIBUTES": "service.name=no,deployment.environment=x",
      "OTEL_EXPORTER_OTLP_HEADERS": "api-key=k",
    ])
    #expect(
      read.resource.map { "\($0.0)=\($0.1)" } == [
        "service.name=timers", "service.version=1", "service.instance.id=n/1", "deployment.environment=x",
      ])
    #expect(read.headers == ["api-key: k"])
  }
}
