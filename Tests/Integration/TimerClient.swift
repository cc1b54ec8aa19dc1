import Foundation
import TestSupport
import TimerModel

/// Creates and reads timers of the group `g` through the API, on one blocking connection.
final class TimerClient {
  private let connection: WireConnection

  init(_ service: ServiceProcess) throws { connection = try WireConnection(port: service.port) }

  init(port: Int) throws { connection = try WireConnection(port: port) }

  struct Refused: Error { let answer: WireAnswer }

  /// Creates a timer; `more` are further members of its JSON.
  func create(_ id: String, executeAt milliseconds: Int64, url: String, more: String = "") throws {
    let answer = try tryToCreate(id, executeAt: milliseconds, url: url, more: more)
    guard answer.status == 201 else { throw Refused(answer: answer) }
  }

  func tryToCreate(
    _ id: String, executeAt milliseconds: Int64, url: String, more: String = ""
  ) throws -> WireAnswer {
    let executeAt = Timestamp(milliseconds: milliseconds).rfc3339
    let extra = more.isEmpty ? "" : ",\(more)"
    let body = "{\"id\":\"\(id)\",\"executeAt\":\"\(executeAt)\",\"callbackUrl\":\"\(url)\"\(extra)}"
    return try connection.answer(to: WireRequest("POST", "/groups/g/timers", json: body))
  }

  func read(_ id: String) throws -> WireAnswer {
    try connection.answer(to: WireRequest("GET", "/groups/g/timers/\(id)"))
  }

  func timer(_ id: String) throws -> ShownTimer {
    let answer = try read(id)
    guard answer.status == 200 else { throw Refused(answer: answer) }
    return try JSONDecoder().decode(ShownTimer.self, from: Data(answer.body))
  }

  /// Reads a timer until nothing will be tried any more.
  func timerOnceOver(_ id: String, within limit: Duration = .seconds(60)) async throws -> ShownTimer {
    var last = try timer(id)
    _ = try await poll(within: limit) {
      last = try timer(id)
      return last.isOver
    }
    return last
  }
}
