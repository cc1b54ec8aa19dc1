import CurlClient
package import Logging
import NodeRuntime
import ServiceLifecycle
package import Telemetry
import TimerModel

/// Exports spans in batches, when one is whole or has waited long enough. A batch that the collector does not take is sent again a few
/// times; then it is dropped and counted, as is what the queue has no room for meanwhile: a collector that is away costs bounded
/// memory and no timer its punctuality.
package final class SpanExporter: Service {
  private let configuration: TracingConfiguration
  private let request: OTLPRequest
  private let queue: SpanQueue
  private let client: CurlClient
  private let tracer: SpanTracer
  private let logger: Logger
  private let exported: Count
  private let failed: Count

  /// The time for which a stopping node tries to export its last spans.
  private static let lastTimeout = Duration.seconds(2)

  /// Creates an exporter; nil if spans go nowhere. Of more traces than `tracesPerSecond` a share is recorded.
  package init?(
    configuration: TracingConfiguration, tracesPerSecond: Int = .max, version: String,
    instruments: Instruments, logger: Logger
  ) {
    guard configuration.exporter != .none else { return nil }
    self.configuration = configuration
    self.logger = logger
    request = OTLPRequest(resource: configuration.resource, version: version)
    queue = SpanQueue(
      limit: configuration.queueLimit, batch: configuration.batchLimit, instruments: instruments)
    tracer = SpanTracer(
      sampler: configuration.sampler, queue: queue, adaptiveSampler: AdaptiveSampler(limit: tracesPerSecond))
    var curl = CurlConfiguration()
    curl.maxConnections = 1
    client = CurlClient(configuration: curl, threadName: "timerd-otlp")
    exported = instruments.count(.spansExported)
    failed = instruments.counts(.spansDropped, by: DroppedSpan.self)[.exportFailed]
  }

  /// The source of the spans that are exported.
  package var spans: Spans { Spans(tracer, shouldSample: tracer.shouldSample) }

  /// Exports until a graceful shutdown, and then what is left, for two seconds at most.
  package func run() async throws {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.client.run() }
      let interrupted = await cancelWhenGracefulShutdown { await self.exportUntilCancelled() }
      await exportLast(interrupted)
      client.stop()
    }
  }

  /// - Returns: the batch that was in progress at the end.
  private func exportUntilCancelled() async -> [FinishedSpan] {
    while !Task.isCancelled {
      let deadline = SystemClock.monotonic() + configuration.delay
      _ = await queue.batchReady.next(until: deadline)
      var isMoreLeft = true
      while isMoreLeft, !Task.isCancelled {
        let (spans, more) = queue.dequeueBatch()
        guard await export(spans) else { return spans }
        isMoreLeft = more
      }
    }
    return []
  }

  private func exportLast(_ interrupted: [FinishedSpan]) async {
    let deadline = SystemClock.monotonic() + Self.lastTimeout
    var spans = interrupted.isEmpty ? queue.dequeueBatch().spans : interrupted
    while !spans.isEmpty {
      let left = deadline.microseconds(since: SystemClock.monotonic()) / 1000
      if left > 0, let problem = await send(spans, timeoutMilliseconds: Int(left)).problem {
        drop(spans, problem)
      } else if left <= 0 {
        drop(spans, "the node stops")
      }
      spans = queue.dequeueBatch().spans
    }
  }

  /// Exports a batch, or gives it up.
  ///
  /// - Returns: whether it is done with; not if the task was cancelled meanwhile.
  private func export(_ spans: [FinishedSpan]) async -> Bool {
    var retry = ExportRetry()
    var random = SystemRandomNumberGenerator()
    while !spans.isEmpty {
      let answer = await send(spans, timeoutMilliseconds: configuration.timeoutMilliseconds)
      guard let problem = answer.problem else { break }
      if Task.isCancelled { return false }
      guard let delay = retry.delay(after: answer, using: &random) else {
        drop(spans, problem)
        break
      }
      do { try await Task.sleep(for: delay) } catch { return false }  // The wait that the retry asks for.
    }
    return true
  }

  private func send(
    _ spans: [FinishedSpan], timeoutMilliseconds: Int
  ) async -> Result<CurlResponse, CurlError> {
    var answer = Result<CurlResponse, CurlError>.success(CurlResponse(status: 200))
    switch configuration.exporter {
    case .none: break
    case .console: ConsoleSpans.print(spans)
    case .otlp(let url):
      answer = await client.send(
        CurlRequest(
          url: url,
          headers: ["content-type: application/x-protobuf", "expect:"] + configuration.headers,
          body: request.bytes(spans), timeoutMilliseconds: timeoutMilliseconds))
    }
    if answer.problem == nil { exported.add(spans.count) }
    return answer
  }

  private func drop(_ spans: [FinishedSpan], _ problem: String) {
    failed.add(spans.count)
    logger.warning(
      "cannot export spans", metadata: ["spans": "\(spans.count)", LogKey.error: "\(problem)"])
  }
}

extension Result<CurlResponse, CurlError> {
  /// The problem of the response, if there is one.
  fileprivate var problem: String? {
    switch self {
    case .success(let answer): (200..<300).contains(answer.status) ? nil : "status \(answer.status)"
    case .failure(let error): "\(error)"
    }
  }
}
