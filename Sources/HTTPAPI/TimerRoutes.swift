import HTTPTypes
import Hummingbird
import Telemetry
import TimerModel
import TimerWire

/// Carries out the calls on timers.
struct TimerRoutes: Sendable {
  let commands: any TimerCommands
  let decoder: CommandDecoder
  let clock: any NodeClock
  let json: TimerJSON
  /// The power of the store to find timers; nil if it lacks it.
  let search: (any TimerSearch)?
  let queries = QueryDecoder()

  /// A response, and what the log and the metrics say of it.
  struct RoutedResponse: Sendable {
    var response: Response
    /// The timer that it is about, if it is about one.
    var timerID: String?
    /// The number of commands in a batch that broke rules.
    var invalidCommands = 0

    init(_ response: Response, timerID: String? = nil) {
      self.response = response
      self.timerID = timerID
    }
  }

  /// Carries out a request whose method its route has.
  func respond(to head: HTTPRequest, at route: TimerRoute, body: [UInt8]) async throws -> RoutedResponse {
    switch (route, head.method) {
    case (.collection(let group, _), .get), (.collection(let group, _), .head):
      return try await list(group: group, head: head)
    case (.count(let group), _): return try await count(group: group, head: head)
    case (.groups, _): return try await groups(head: head)
    case (.collection(let group, let prefix), _):
      return try await create(group: group, prefix: prefix, head: head, body: body)
    case (.batchCreate(let group), _): return try await batchCreate(group: group, head: head, body: body)
    case (.batchGet(let group), _): return try await batchGet(group: group, body: body)
    case (.batchCancel(let group), _): return try await batchCancel(group: group, body: body)
    case (.timer(let group, let id), .put):
      return try await update(group: group, id: id, head: head, body: body)
    case (.timer(let group, let id), .patch):
      return try await patch(group: group, id: id, head: head, body: body)
    case (.timer(let group, let id), .delete): return try await cancel(group: group, id: id, head: head)
    case (.timer(let group, let id), _): return try await get(group: group, id: id, head: head)
    case (.attempts(let group, let id), _): return try await attempts(group: group, id: id, head: head)
    case (.fire(let group, let id), _):
      return try await fire(group: group, id: id, head: head, body: body)
    case (.redrive(let group, let id), _):
      return try await redrive(group: group, id: id, head: head, body: body)
    }
  }

  private func create(
    group: String, prefix: String, head: HTTPRequest, body: [UInt8]
  ) async throws -> RoutedResponse {
    let create = try decoder.decodeCreate(
      body: body, groupID: group, now: clock.now().store,
      traceContext: Spans.current?.headers ?? TraceContext(requestHeaders: head.headerFields))
    switch try await commands.create(create) {
    case .created(let timer):
      // Ids consist of characters that need no escape in a path.
      let location = "\(prefix)/groups/\(timer.key.groupID)/timers/\(timer.key.timerID)"
      return response(timer, status: .created, location: location)
    case .repeated(let timer): return response(timer)
    case .rejected(let rejection): throw APIError(rejection)
    }
  }

  private func get(group: String, id: String, head: HTTPRequest) async throws -> RoutedResponse {
    let key = try decoder.checkKey(groupID: group, timerID: id)
    guard let timer = try await commands.timer(key) else { throw APIError(.notFound) }
    return try Preconditions(head).unchanged(timer) ?? response(timer)
  }

  private func attempts(group: String, id: String, head: HTTPRequest) async throws -> RoutedResponse {
    let key = try decoder.checkKey(groupID: group, timerID: id)
    guard let timer = try await commands.timer(key) else { throw APIError(.notFound) }
    if let unchanged = try Preconditions(head).unchanged(timer) { return unchanged }
    let bytes = json.timeline(timer)
    return RoutedResponse(
      Response(
        status: .ok, headers: [.contentType: "application/json", .eTag: "\"\(timer.revision)\""],
        body: .init(byteBuffer: ByteBuffer(bytes: bytes))))
  }

  private func update(
    group: String, id: String, head: HTTPRequest, body: [UInt8]
  ) async throws -> RoutedResponse {
    var update = try decoder.decodeUpdate(
      body: body, groupID: group, timerID: id, now: clock.now().store)
    update.ifRevision = try await expectedRevision(of: update.key, head)
    switch try await commands.update(update) {
    case .updated(let timer), .unchanged(let timer): return response(timer)
    case .rejected(let rejection): throw APIError(rejection)
    }
  }

  private func cancel(group: String, id: String, head: HTTPRequest) async throws -> RoutedResponse {
    let key = try decoder.checkKey(groupID: group, timerID: id)
    let cancel = CancelTimer(key: key, ifRevision: try await expectedRevision(of: key, head))
    switch try await commands.cancel(cancel) {
    case .cancelled:
      var response = Response(status: .noContent)
      // RFC 9110, section 8.6: an answer without content has no length either.
      response.headers[.contentLength] = nil
      return RoutedResponse(response, timerID: id)
    case .rejected(let rejection): throw APIError(rejection)
    }
  }

  /// The one revision that a command may be applied to. Out of several, only the current one can be it; where none is, the
  /// command decides, since what it asks for may be there already.
  func expectedRevision(of key: TimerKey, _ head: HTTPRequest) async throws -> Int64? {
    let conditions = try Preconditions(head)
    if conditions.ifNoneMatch == nil {
      switch conditions.ifMatch {
      case nil, .any: return nil
      case .revisions(let strong, _) where strong.count <= 1: return strong.first ?? Self.noRevision
      case .revisions: break
      }
    }
    guard let timer = try await commands.timer(key) else { throw APIError(.notFound) }
    if conditions.ifNoneMatch?.matchesWeakly(timer.revision) == true {
      throw APIError(.revisionMismatch(current: timer.revision))
    }
    switch conditions.ifMatch {
    case .revisions(let strong, _) where !strong.contains(timer.revision):
      return strong.first ?? Self.noRevision
    default: return timer.revision
    }
  }

  /// A revision that no timer has.
  private static let noRevision: Int64 = 0

  func response(
    _ timer: Timer, status: HTTPResponse.Status = .ok, location: String? = nil
  ) -> RoutedResponse {
    var headers: HTTPFields = [.contentType: "application/json", .eTag: "\"\(timer.revision)\""]
    if let location { headers[.location] = location }
    let response = Response(
      status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: json.bytes(timer))))
    return RoutedResponse(response, timerID: timer.key.timerID)
  }
}

extension APIError {
  init(_ rejection: CommandRejection) {
    self.init(ProblemDocument(rejection))
    if case .revisionMismatch(let current) = rejection { headers[.eTag] = "\"\(current)\"" }
  }
}
