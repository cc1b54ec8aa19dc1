import TimerModel

/// The settings from OpenTelemetry's environment variables.
package struct TracingConfiguration: Sendable {
  /// The destination of spans.
  package enum Exporter: Hashable, Sendable {
    /// Nowhere: no span is made.
    case none
    /// To a collector at this URL, by OTLP over HTTP in Protocol Buffers.
    case otlp(url: String)
    /// To standard output, one JSON object per line.
    case console
  }

  /// A variable whose value is of no use.
  package struct ParseError: Error, Sendable {
    /// The name of the variable and the legal values, without the value itself.
    package let problems: [String]
  }

  /// The destination of spans.
  package private(set) var exporter = Exporter.none
  var sampler = SpanSampler()
  var resource: [(String, String)]
  var headers: [String] = []
  var queueLimit = 2048
  var batchLimit = 512
  var delay = Duration.milliseconds(5000)
  var timeoutMilliseconds = 10_000
  private var problems: [String] = []

  /// Reads the variables that begin with `OTEL_`; `node` and `version` are told of each span's resource.
  package init(environment: [String: String], node: String, version: String) throws(ParseError) {
    let given = environment.filter { !$0.value.isEmpty }
    resource = [
      ("service.name", given["OTEL_SERVICE_NAME"] ?? "timerd"), ("service.version", version),
      ("service.instance.id", node),
    ]
    for pair in Self.pairs(given["OTEL_RESOURCE_ATTRIBUTES"]) {
      if pair.0 == "service.name", given["OTEL_SERVICE_NAME"] != nil { continue }
      resource.removeAll { $0.0 == pair.0 }
      resource.append(pair)
    }
    let own = given["OTEL_EXPORTER_OTLP_TRACES_HEADERS"] ?? given["OTEL_EXPORTER_OTLP_HEADERS"]
    headers = Self.pairs(own).map { "\($0.0): \($0.1)" }
    readExporter(given)
    readSampler(given)
    queueLimit = number(given, "OTEL_BSP_MAX_QUEUE_SIZE", queueLimit)
    batchLimit = min(number(given, "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", batchLimit), queueLimit)
    delay = .milliseconds(number(given, "OTEL_BSP_SCHEDULE_DELAY", 5000))
    timeoutMilliseconds = number(given, "OTEL_EXPORTER_OTLP_TIMEOUT", timeoutMilliseconds)
    guard problems.isEmpty else { throw ParseError(problems: problems) }
  }

  private mutating func readExporter(_ given: [String: String]) {
    let base = given["OTEL_EXPORTER_OTLP_ENDPOINT"].map { base in
      (base.hasSuffix("/") ? String(base.dropLast()) : base) + "/v1/traces"
    }
    let endpoint = given["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] ?? base
    let isOff = given["OTEL_SDK_DISABLED"]?.lowercased() == "true"
    switch isOff ? "none" : given["OTEL_TRACES_EXPORTER"] ?? (endpoint == nil ? "none" : "otlp") {
    case "none": exporter = .none
    case "console": exporter = .console
    case "otlp":
      let url = endpoint ?? "http://localhost:4318/v1/traces"
      exporter = .otlp(url: url)
      if !url.hasPrefix("http://"), !url.hasPrefix("https://") {
        problems.append("OTEL_EXPORTER_OTLP_ENDPOINT: the value must be an http or https URL")
      }
    default: problems.append("OTEL_TRACES_EXPORTER: the value must be one of none, otlp, console")
    }
    let protocolName = given["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] ?? given["OTEL_EXPORTER_OTLP_PROTOCOL"]
    if let protocolName, protocolName != "http/protobuf" {
      problems.append("OTEL_EXPORTER_OTLP_PROTOCOL: the value must be http/protobuf")
    }
  }

  private mutating func readSampler(_ given: [String: String]) {
    let ratio = Double(given["OTEL_TRACES_SAMPLER_ARG"] ?? "1") ?? -1
    if !(0...1).contains(ratio) {
      problems.append("OTEL_TRACES_SAMPLER_ARG: the value must be a number from 0 to 1")
    }
    guard let name = given["OTEL_TRACES_SAMPLER"] else { return }
    if let known = SpanSampler.named(name, ratio: ratio) {
      sampler = known
    } else {
      problems.append(
        "OTEL_TRACES_SAMPLER: the value must be one of always_on, always_off, traceidratio, "
          + "parentbased_always_on, parentbased_always_off, parentbased_traceidratio")
    }
  }

  private mutating func number(_ given: [String: String], _ name: String, _ fallback: Int) -> Int {
    guard let text = given[name] else { return fallback }
    if let value = Int(text), (1...10_000_000).contains(value) { return value }
    problems.append("\(name): the value must be a whole number from 1 to 10000000")
    return fallback
  }

  /// Lists such as `a=1,b=2`.
  private static func pairs(_ text: String?) -> [(String, String)] {
    (text ?? "").split(separator: ",").compactMap { pair in
      let parts = pair.split(separator: "=", maxSplits: 1).map { part in
        String(part.drop { $0 == " " }.prefix { $0 != "\r" && $0 != "\n" })
      }
      return parts.count == 2 ? (parts[0], parts[1]) : nil
    }
  }
}
