import HTTPTypes
import Hummingbird
import Telemetry
import TimerModel
import TimerWire

extension TimerRoutes {
  /// Creates the timers of one request. Decoding and encoding may take milliseconds, which other connections of the event loop are not to
  /// wait for.
  func batchCreate(group: String, head: HTTPRequest, body: [UInt8]) async throws -> RoutedResponse {
    let traceContext = Spans.current?.headers ?? TraceContext(requestHeaders: head.headerFields)
    return try await withTaskExecutorPreference(globalConcurrentExecutor) {
      let decoded = try decoder.decodeCreates(
        body: body, groupID: group, now: clock.now().store, traceContext: traceContext)
      let created = try await commands.create(contentsOf: decoded.compactMap { try? $0.get() })
      let creations = Self.inOrder(decoded, created)
      let response = Response(
        status: .ok, headers: [.contentType: "application/json"],
        body: .init(byteBuffer: ByteBuffer(bytes: json.bytes(creations))))
      var routed = RoutedResponse(response)
      routed.invalidCommands = decoded.count - created.count
      return routed
    }
  }

  /// Returns one result for each creation of a request: those of the valid ones, with what is wrong with the others between them.
  private static func inOrder(
    _ decoded: [Result<CreateTimer, CommandError>], _ created: [CreateResult]
  ) -> [BatchedCreation] {
    var results = created.makeIterator()
    return decoded.compactMap { creation in
      switch creation {
      case .success: results.next().map { BatchedCreation($0) }
      case .failure(let error): .rejected(ProblemDocument(error))
      }
    }
  }
}
