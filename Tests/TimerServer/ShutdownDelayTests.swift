import Testing
import UnixSignals

@testable import TimerServer

/// The time for which a node that was told to stop keeps answering.
@Suite struct ShutdownDelayTests {
  private func actions(_ events: ShutdownDelayPolicy.Event..., delay: Duration = .seconds(5))
    -> [ShutdownDelayPolicy.Action]
  {
    var policy = ShutdownDelayPolicy(delay: delay)
    return events.map { policy.next($0) }
  }

  private let announced = ShutdownDelayPolicy.Action.announce(pause: .milliseconds(2500))
  private let windingDown = ShutdownDelayPolicy.Action.windDown(pause: .milliseconds(2500))

  @Test func terminationIsAnnouncedThenObeyed() {
    let expected = [.wait, announced, windingDown, .stop]
    #expect(actions(.signal(.sigterm), .shutdown, .pauseIsOver, .pauseIsOver) == expected)
    // The services may hear of it first.
    #expect(
      actions(.shutdown, .signal(.sigterm), .pauseIsOver, .pauseIsOver) == [
        announced, .wait, windingDown, .stop,
      ])
  }

  @Test func interruptStopsAtOnce() {
    #expect(actions(.signal(.sigint), .shutdown) == [.wait, .stop])
    #expect(actions(.shutdown, .signal(.sigint)) == [announced, .stop])
  }

  @Test func secondSignalEndsDelay() {
    #expect(actions(.signal(.sigterm), .shutdown, .signal(.sigterm)) == [.wait, announced, .stop])
    #expect(
      actions(.signal(.sigterm), .shutdown, .pauseIsOver, .signal(.sigint)) == [
        .wait, announced, windingDown, .stop,
      ])
  }

  @Test func zeroDelayAnnouncesNothing() {
    #expect(actions(.signal(.sigterm), .shutdown, delay: .zero) == [.wait, .stop])
  }

  @Test func eventsAfterStopAreIgnored() {
    #expect(actions(.signal(.sigint), .shutdown, .pauseIsOver, .shutdown) == [.wait, .stop, .wait, .wait])
  }
}
