import HTTPTypes
import Hummingbird
import TimerModel

/// Answers whether the process lives and whether it can work.
struct HealthRoutes: Sendable {
  let checks: [any HealthCheck]

  func live() -> Response { Self.text("ok\n", .ok) }

  func ready(isVerbose: Bool) async -> Response {
    let reports = await withTaskGroup(of: (Int, HealthReport).self) { group in
      for (index, check) in checks.enumerated() { group.addTask { (index, await check.check()) } }
      return await group.reduce(into: [Int: HealthReport]()) { $0[$1.0] = $1.1 }
    }
    let conditions = reports.values.map(\.condition)
    let overall: HealthReport.Condition =
      conditions.contains(.down) ? .down : conditions.contains(.degraded) ? .degraded : .ok
    var text = "\(overall.rawValue)\n"
    if isVerbose {
      for (index, check) in checks.enumerated() {
        if let report = reports[index] { text += Self.line(check.name, report) }
      }
    }
    return Self.text(text, overall == .down ? .serviceUnavailable : .ok)
  }

  private static func line(_ name: String, _ report: HealthReport) -> String {
    let latency = report.latency.map { " \($0.millisecondsRoundedUp)ms" } ?? ""
    return "\(name) \(report.condition.rawValue)\(latency)\(report.detail.map { " \($0)" } ?? "")\n"
  }

  private static func text(_ text: String, _ status: HTTPResponse.Status) -> Response {
    var headers: HTTPFields = [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"]
    if status == .serviceUnavailable { headers[.retryAfter] = "1" }
    return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
  }
}
