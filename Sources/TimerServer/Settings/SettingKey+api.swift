import HTTPAPI
import Logging
import Telemetry
import TimerWire

/// The API's listeners, telemetry and the node itself.
extension SettingKey<HTTPAPI.Address> {
  static var listen: Self {
    .parsed(
      "listen", from: "127.0.0.1:8080", mustBe: ListenAddress.rule,
      help: "Address and port of the HTTP API; port 0 lets the system choose.",
      parse: ListenAddress.parse)
  }
}

extension SettingKey<HTTPAPI.Address?> {
  static var adminListen: Self {
    .parsed(
      "admin-listen", from: "", mustBe: ListenAddress.rule,
      help: "Address and port of health and metrics; if empty, the API's listener serves them."
    ) { text in
      if text.isEmpty { return .some(nil) }
      return ListenAddress.parse(text).map(Optional.some)
    }
  }
}

/// The form of an address to listen on.
private enum ListenAddress {
  static let rule = "an address and a port such as 127.0.0.1:8080"

  @Sendable static func parse(_ text: String) -> HTTPAPI.Address? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let host = parts.dropLast().joined(separator: ":").filter { $0 != "[" && $0 != "]" }
    guard let port = parts.last.flatMap({ Int($0) }), !host.isEmpty, (0...65_535).contains(port) else {
      return nil
    }
    return HTTPAPI.Address(host: host, port: port)
  }
}

extension SettingKey<Bool> {
  static var metrics: Self {
    .flag("metrics", default: true, help: "Collect metrics and serve them at /metrics.")
  }
}

extension SettingKey<String> {
  static var nodeID: Self {
    .text(
      "node-id", default: "",
      help: "Name of this node; each run appends a suffix. If empty, host name and process ID.")
  }
}

extension SettingKey<Logger.Level> {
  static var logLevel: Self { .choice("log-level", default: .info, help: "Minimum log level.") }
}

extension SettingKey<LogOutput.Format> {
  static var logFormat: Self {
    .choice(
      "log-format", default: .auto, help: "Log format; auto is text on a terminal and JSON elsewhere.")
  }
}

extension SettingKey<Int> {
  private static var defaults: HTTPAPI.Configuration { HTTPAPI.Configuration() }

  static var maxTracesPerSecond: Self {
    .number(
      "max-traces-per-second", default: 500, in: 1...1_000_000,
      help: "Traces started per second; above this, traces are sampled.")
  }
  static var maxPayloadBytes: Self {
    .number(
      "max-payload-bytes", default: CommandLimits().maxPayloadBytes, in: 1...(1 << 20),
      help: "Maximum payload size in bytes.")
  }
  static var maxRequestsInFlight: Self {
    .number(
      "max-requests-in-flight", default: defaults.maxRequestsInFlight, in: 1...100_000,
      help: "Maximum requests in flight; more are refused with 503.")
  }
  static var commandQueueLimit: Self {
    .number(
      "command-queue-limit", default: 10_000, in: 1...1_000_000,
      help: "Maximum commands waiting for the store; more are refused with 503.")
  }
  static var commandBatchLimit: Self {
    .number("command-batch-limit", default: 500, in: 1...10_000, help: "Maximum commands per commit.")
  }
}

extension SettingKey<Duration> {
  private static var defaults: HTTPAPI.Configuration { HTTPAPI.Configuration() }

  static var requestTimeout: Self {
    .duration(
      "request-timeout", default: defaults.requestDeadline, in: .milliseconds(100)...(.seconds(60)),
      help: "Timeout of a request.")
  }
  static var idleTimeout: Self {
    .duration(
      "idle-timeout", default: defaults.idleTimeout, in: .seconds(1)...(.seconds(3600)),
      help: "Time after which an idle connection is closed.")
  }
  static var shutdownDelay: Self {
    .duration(
      "shutdown-delay", default: .seconds(5), in: .milliseconds(0)...(.seconds(60)),
      help: "Time for which a node keeps answering after SIGTERM, while readyz says 503.")
  }
  static var drainTimeout: Self {
    .duration(
      "drain-timeout", default: .seconds(20), in: .seconds(1)...(.seconds(23)),
      help: "Time for which a stopping node waits for attempts in flight.")
  }
}
