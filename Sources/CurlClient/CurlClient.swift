import NodeRuntime

/// Sends HTTP requests through one libcurl loop on a thread of its own. Connections are reused among its requests only.
///
/// No redirects, no proxies, no files of passwords, TLS verified.
package final class CurlClient: Sendable {
  private let loop: CurlLoop
  private let threadName: String

  /// Creates a client; requests wait until `run` is called. The thread's name is cut to 15 characters.
  package init(configuration: CurlConfiguration, threadName: String) {
    loop = CurlLoop(configuration: configuration)
    self.threadName = threadName
  }

  /// Sends a request; ends within its time-out, and at once if its task is cancelled.
  package func send(_ request: CurlRequest) async -> Result<CurlResponse, CurlError> {
    let cancellation = CurlLoop.Cancellation()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        loop.submit(
          CurlLoop.Job(request: request, cancellation: cancellation) { continuation.resume(returning: $0) })
      }
    } onCancel: {
      loop.cancel(cancellation)
    }
  }

  /// Sends a request; `completion` is called once within its time-out, on the loop's thread or from within this call. It must
  /// not block.
  package func send(
    _ request: CurlRequest, completion: @escaping @Sendable (Result<CurlResponse, CurlError>) -> Void
  ) {
    loop.submit(CurlLoop.Job(request: request, cancellation: nil, completion: completion))
  }

  /// Lets all requests fail that were sent before, and returns once they have.
  package func cancelAll() async {
    await withCheckedContinuation { ended in loop.cancelAll { ended.resume() } }
  }

  /// Runs the loop until `stop`; requests that are open then fail. May be called once.
  package func run() async {
    async let guarding: Void = thread(threadName.prefix(13) + "-g") { $0.stalls.run() }
    await thread(threadName[...]) { $0.run() }
    await guarding
  }

  private func thread(_ name: some StringProtocol & Sendable, _ body: @escaping @Sendable (CurlLoop) -> Void)
    async
  {
    await withCheckedContinuation { ended in
      NamedThread.start(name: String(name)) { [loop] in
        body(loop)
        ended.resume()
      }
    }
  }

  /// Lets `run` return soon.
  package func stop() { loop.stop() }
}
