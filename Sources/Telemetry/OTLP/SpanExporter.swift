import CurlClient
public import Logging
public import ServiceLifecycle
import StepRunner
public import Telemetry
import TimerModel

/// Exports spans in batches, when one is whole or has waited long enough. What cannot be exported is dropped and counted: a
/// collector that is away costs bounded memory and no timer its punctuality.
public final class SpanExporter: Service {
  private let configuration: TracingConfiguration
  private let request: OTLPRequest
  private let queue: SpanQueue
  private let client: CurlClient
  private let logger: Logger
  private let exported: Count
  private let failed: Count

  /// How long a stopping node tries to get rid of its last spans.
  private static let lastTimeoutMilliseconds = 2000

  /// Makes an exporter; nil if spans go nowhere.
  public init?(
    configuration: TracingConfiguration, version: String, instruments: Instruments, logger: Logger
  ) {
    guard configuration.exporter != .none else { return nil }
    self.configuration = configuration
    self.logger = logger
    request = OTLPRequest(resource: configuration.resource, version: version)
    queue = SpanQueue(
      limit: configuration.queueLimit, batch: configuration.batchLimit, instruments: instruments)
    var curl = CurlConfiguration()
    curl.maxConnections = 1
    client = CurlClient(configuration: curl, threadName: "timerd-otlp")
    exported = instruments.count(.spansExported)
    failed = instruments.counts(.spansDropped, by: DroppedSpan.self)[.exportFailed]
  }

  /// What makes the spans that are exported.
  public var tracer: SpanTracer { SpanTracer(sampler: configuration.sampler, queue: queue) }

  /// Exports until a graceful shutdown, and then what is left, for two seconds at most.
  public func run() async throws {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.client.run() }
      await cancelWhenGracefulShutdown { await self.exportUntilCancelled() }
      await export(queue.take().spans, timeoutMilliseconds: Self.lastTimeoutMilliseconds)
      client.stop()
    }
  }

  private func exportUntilCancelled() async {
    while !Task.isCancelled {
      let deadline = SystemClock.monotonicMicroseconds() + configuration.delay.microseconds
      _ = await queue.news.next(until: deadline)
      var isMoreLeft = true
      while isMoreLeft, !Task.isCancelled {
        let (spans, more) = queue.take()
        await export(spans, timeoutMilliseconds: configuration.timeoutMilliseconds)
        isMoreLeft = more
      }
    }
  }

  private func export(_ spans: [FinishedSpan], timeoutMilliseconds: Int) async {
    guard !spans.isEmpty else { return }
    switch configuration.exporter {
    case .none: return
    case .console: ConsoleSpans.print(spans)
    case .otlp(let url):
      let answer = await client.send(
        CurlRequest(
          url: url,
          headers: ["content-type: application/x-protobuf", "expect:"] + configuration.headers,
          body: request.bytes(spans), timeoutMilliseconds: timeoutMilliseconds))
      if let problem = Self.problem(answer) {
        failed.add(spans.count)
        return logger.warning(
          "spans could not be exported", metadata: ["spans": "\(spans.count)", LogKey.error: "\(problem)"])
      }
    }
    exported.add(spans.count)
  }

  private static func problem(_ answer: Result<CurlAnswer, CurlError>) -> String? {
    switch answer {
    case .success(let answer): (200..<300).contains(answer.status) ? nil : "status \(answer.status)"
    case .failure(let error): "\(error)"
    }
  }
}
