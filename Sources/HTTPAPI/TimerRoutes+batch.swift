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
      return Self.response(json.bytes(creations), invalid: decoded.count - created.count)
    }
  }

  /// Reads the timers that one request names.
  func batchGet(group: String, body: [UInt8]) async throws -> RoutedResponse {
    try await withTaskExecutorPreference(globalConcurrentExecutor) {
      let decoded = try decoder.decodeIDs(body: body, groupID: group)
      var results = BatchResults(budget: Self.answerBytes)
      // A part at a time: of timers that do not fit into the answer only a few are read.
      for start in stride(from: 0, to: decoded.count, by: Self.readAtOnce) {
        let part = decoded[start..<min(start + Self.readAtOnce, decoded.count)]
        var timers = try await read(part, unless: results.isFull).makeIterator()
        for key in part { results.add(key, found: timers.next() ?? nil) }
      }
      return Self.response(json.bytes(results.results))
    }
  }

  /// Reads the timers of valid ids; without reading it returns as many times nil.
  private func read(
    _ ids: ArraySlice<Result<TimerKey, CommandError>>, unless isFull: Bool
  ) async throws -> [Timer?] {
    let keys = ids.compactMap { try? $0.get() }
    var timers = isFull || keys.isEmpty ? [] : try await commands.timers(keys)
    return ids.map { id in
      if case .success = id, !timers.isEmpty { timers.removeFirst() } else { nil }
    }
  }

  /// Cancels the timers that one request names, in one batch.
  func batchCancel(group: String, body: [UInt8]) async throws -> RoutedResponse {
    try await withTaskExecutorPreference(globalConcurrentExecutor) {
      let decoded = try decoder.decodeIDs(body: body, groupID: group)
      let cancels = decoded.compactMap { try? $0.get() }.map { CancelTimer(key: $0) }
      var cancelled = try await commands.cancel(contentsOf: cancels).makeIterator()
      var results = BatchResults(budget: Self.answerBytes)
      for key in decoded {
        switch key {
        case .success: if let result = cancelled.next() { results.add(result) }
        case .failure(let error): results.reject(ProblemDocument(error))
        }
      }
      return Self.response(json.bytes(results.results), invalid: decoded.count - cancels.count)
    }
  }

  private static let readAtOnce = 50
  /// The maximum number of payload bytes in an answer with many timers; the first is shown whatever its size.
  static let answerBytes = 8 << 20

  /// Returns an answer of JSON; `invalid` is the number of commands that broke rules.
  static func response(_ bytes: [UInt8], invalid: Int = 0) -> RoutedResponse {
    var routed = RoutedResponse(
      Response(
        status: .ok, headers: [.contentType: "application/json"],
        body: .init(byteBuffer: ByteBuffer(bytes: bytes))))
    routed.invalidCommands = invalid
    return routed
  }

  /// Returns one result for each creation of a request: those of the valid ones, with what is wrong with the others between them.
  private static func inOrder(
    _ decoded: [Result<CreateTimer, CommandError>], _ created: [CreateResult]
  ) -> [BatchedTimer] {
    var results = created.makeIterator()
    return decoded.compactMap { creation in
      switch creation {
      case .success: results.next().map { BatchedTimer($0) }
      case .failure(let error): .rejected(ProblemDocument(error))
      }
    }
  }
}
