import HTTPTypes
import TimerModel
import TimerWire

extension TimerRoutes {
  /// The number of tries to patch a timer that others change at the same time.
  private static let patchTries = 5

  /// Merges a patch into the timer as it is, and stores the result if it still is so.
  func patch(group: String, id: String, head: HTTPRequest, body: [UInt8]) async throws -> RoutedResponse {
    let key = try decoder.checkKey(groupID: group, timerID: id)
    let expected = try await expectedRevision(of: key, head)
    for _ in 0..<Self.patchTries {
      guard let timer = try await commands.timer(key) else { throw APIError(.notFound) }
      var update = try decoder.decodePatch(body: body, of: timer, now: clock.now().store)
      update.ifRevision = expected ?? timer.revision
      switch try await commands.update(update) {
      case .updated(let timer), .unchanged(let timer): return response(timer)
      // Somebody else changed it since it was read, and this client did not ask for a revision.
      case .rejected(.revisionMismatch) where expected == nil: continue
      case .rejected(let rejection): throw APIError(rejection)
      }
    }
    throw Overloaded(.queueIsFull, retryAfter: .seconds(1))
  }
}
