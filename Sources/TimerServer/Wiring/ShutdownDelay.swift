import HTTPAPI
import Logging
import ServiceLifecycle
import UnixSignals

/// The service that stops first: it holds up the others while `/readyz` says 503 and everything is still answered.
struct ShutdownDelay: Service {
  let delay: Duration
  let notice: ShutdownNotice
  let logger: Logger

  func run() async throws {
    let (events, post) = AsyncStream.makeStream(of: ShutdownDelayPolicy.Event.self)
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
    await withGracefulShutdownHandler {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { for await signal in signals { post.yield(.signal(signal)) } }
        var policy = ShutdownDelayPolicy(delay: delay)
        for await event in events {
          switch policy.next(event) {
          case .announce(let pause):
            notice.announce()
            logger.notice("shutting down; still accepting requests", metadata: ["delay": "\(delay)"])
            group.addTask { await Self.pause(pause, post) }
          case .windDown(let pause):
            notice.windDown()
            group.addTask { await Self.pause(pause, post) }
          case .stop:
            post.finish()
          case .wait: break
          }
        }
        // Its connections end with their answers from here on, also where there was no delay.
        notice.windDown()
        group.cancelAll()
      }
    } onGracefulShutdown: {
      post.yield(.shutdown)
    }
  }

  private static func pause(
    _ duration: Duration, _ post: AsyncStream<ShutdownDelayPolicy.Event>.Continuation
  ) async {
    // Cancelled, it is over as well; then nobody listens.
    try? await Task.sleep(for: duration)
    post.yield(.pauseIsOver)
  }
}
