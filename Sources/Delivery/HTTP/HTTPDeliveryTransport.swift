import CurlClient
import Glibc
import ServiceLifecycle
package import TimerModel

/// Carries attempts to HTTP receivers through libcurl.
package final class HTTPDeliveryTransport: DeliveryTransport, Service {
  private let configuration: HTTPDeliveryConfiguration
  private let client: CurlClient

  /// Creates a transport; attempts wait until `run` is called.
  package init(configuration: HTTPDeliveryConfiguration) {
    self.configuration = configuration
    client = CurlClient(configuration: configuration.client, threadName: "timerd-curl")
  }

  /// Begins one attempt; it ends within its time-out.
  package func begin(_ request: AttemptRequest, end: @escaping @Sendable (AttemptOutcome) -> Void) {
    guard let callback = CallbackRequest(request, configuration: configuration) else {
      return end(AttemptOutcome(.permanentFailure, error: "the destination is not HTTP"))
    }
    client.send(callback.request) { result in
      switch result {
      case .success(let response): end(CallbackResponse(response).outcome(now: Self.now()))
      case .failure(let error): end(Self.outcome(error))
      }
    }
  }

  /// Lets all attempts that run fail at once.
  package func abandon() async { await client.cancelAll() }

  /// Runs until a graceful shutdown or cancellation; attempts that are open then fail.
  package func run() async throws {
    await withTaskCancellationOrGracefulShutdownHandler {
      await client.run()
    } onCancelOrGracefulShutdown: {
      self.client.stop()
    }
  }

  /// For dates in answers only; what is due follows the store's clock.
  private static func now() -> Timestamp { Timestamp(milliseconds: Int64(time(nil)) * 1000) }

  private static func outcome(_ error: CurlError) -> AttemptOutcome {
    let note = AttemptNote.of(error.sends)
    return switch error.code {
    case .deniedAddress, .malformedURL: AttemptOutcome(.permanentFailure, error: error.message, note: note)
    default: AttemptOutcome(.failed(retryAfter: nil), error: error.message, note: note)
    }
  }
}
