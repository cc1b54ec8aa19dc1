import HTTPTypes
import TimerModel
import TimerWire

// Calls that go on with the firing that a timer has.
extension TimerRoutes {
  /// Fires a scheduled timer at once.
  func fire(group: String, id: String, head: HTTPRequest, body: [UInt8]) async throws -> RoutedResponse {
    var fire = try decoder.decodeFire(body: body, groupID: group, timerID: id)
    fire.ifRevision = try await expectedRevision(of: fire.key, head)
    return try response(try await commands.fire(fire))
  }

  /// Schedules a dead timer again.
  func redrive(group: String, id: String, head: HTTPRequest, body: [UInt8]) async throws -> RoutedResponse {
    var redrive = try decoder.decodeRedrive(body: body, groupID: group, timerID: id, now: clock.now().store)
    redrive.ifRevision = try await expectedRevision(of: redrive.key, head)
    return try response(try await commands.redrive(redrive))
  }

  private func response(_ result: UpdateResult) throws(APIError) -> RoutedResponse {
    switch result {
    case .updated(let timer), .unchanged(let timer): return response(timer)
    case .rejected(let rejection): throw APIError(rejection)
    }
  }
}
