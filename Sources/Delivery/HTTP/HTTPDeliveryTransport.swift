public import ServiceLifecycle
import StepRunner
public import TimerModel

/// Carries attempts to HTTP receivers through one libcurl loop on a thread of its own.
public final class HTTPDeliveryTransport: DeliveryTransport, Service {
  private let configuration: HTTPDeliveryConfiguration
  private let loop: CurlLoop

  /// Makes a transport; attempts wait until `run` is called.
  public init(configuration: HTTPDeliveryConfiguration) {
    self.configuration = configuration
    loop = CurlLoop(configuration: configuration)
  }

  /// Makes one attempt; ends within its time-out, and at once if its task is cancelled.
  public func attempt(_ request: AttemptRequest) async -> AttemptOutcome {
    guard let callback = CallbackRequest(request, configuration: configuration) else {
      return AttemptOutcome(.refused, error: "the destination is not HTTP")
    }
    let cancellation = CurlLoop.Cancellation()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        loop.submit(
          CurlLoop.Job(request: callback, cancellation: cancellation) { continuation.resume(returning: $0) })
      }
    } onCancel: {
      loop.cancel(cancellation)
    }
  }

  /// Runs the loop until a graceful shutdown or cancellation; attempts that are open then fail.
  public func run() async throws {
    await withTaskCancellationOrGracefulShutdownHandler {
      await withCheckedContinuation { ended in
        NamedThread.start(name: "timerd-curl") { [loop] in
          loop.run()
          ended.resume()
        }
      }
    } onCancelOrGracefulShutdown: {
      self.loop.stop()
    }
  }
}
