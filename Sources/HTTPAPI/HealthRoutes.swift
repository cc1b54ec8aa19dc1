import HTTPTypes
import Hummingbird
import NIOCore
import TimerModel

/// Answers whether the process lives and whether it can work.
struct HealthRoutes: Sendable {
  let checks: [any HealthCheck]
  private let shutdown: ShutdownNotice
  private let lastErrors = LastErrors()

  init(checks: [any HealthCheck], shutdown: ShutdownNotice = ShutdownNotice()) {
    self.checks = checks
    self.shutdown = shutdown
  }

  func live() -> Response { Self.text("ok\n", .ok) }

  func ready(isVerbose: Bool, on eventLoop: any EventLoop) async -> Response {
    // No check is waited for: a balancer is to learn it by its next question.
    if shutdown.isAnnounced {
      return Self.text("down\nnode down this node is shutting down\n", .serviceUnavailable)
    }
    let reports = await withTaskGroup(of: (Int, HealthReport).self) { group in
      for (index, check) in checks.enumerated() {
        group.addTask { (index, await Self.report(check, on: eventLoop)) }
      }
      return await group.reduce(into: [Int: HealthReport]()) { $0[$1.0] = $1.1 }
    }
    let conditions = reports.values.map(\.condition)
    let overall: HealthReport.Condition =
      conditions.contains(.down) ? .down : conditions.contains(.degraded) ? .degraded : .ok
    var text = "\(overall.rawValue)\n"
    for (index, check) in checks.enumerated() {
      guard let report = reports[index] else { continue }
      let error = lastErrors.after(report, of: check.name)
      if isVerbose { text += Self.line(check.name, report, error) }
    }
    return Self.text(text, overall == .down ? .serviceUnavailable : .ok)
  }

  /// Those who ask for health want an answer now.
  private static let deadline = Duration.seconds(3)

  private static func report(_ check: any HealthCheck, on eventLoop: any EventLoop) async -> HealthReport {
    do {
      return try await withDeadline(deadline, on: eventLoop) { await check.check() }
    } catch {
      return HealthReport(.down, detail: "no answer within \(deadline.text)")
    }
  }

  private static func line(_ name: String, _ report: HealthReport, _ error: LastErrors.Entry?) -> String {
    let latency = report.latency.map { " \($0.millisecondsRoundedUp)ms" } ?? ""
    let detail = report.detail.map { " \($0)" } ?? ""
    let last = error.map { " (\($0.age.text) ago: \($0.text))" } ?? ""
    return "\(name) \(report.condition.rawValue)\(latency)\(detail)\(last)\n"
  }

  private static func text(_ text: String, _ status: HTTPResponse.Status) -> Response {
    var headers: HTTPFields = [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"]
    if status == .serviceUnavailable { headers[.retryAfter] = "1" }
    return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
  }
}
