import Testing
import TimerModel

@testable import Delivery

@Suite struct OriginQueuesTests {
  @Test func originsGetSlotsInTurn() {
    var queues = queues(maxInFlight: 3)
    for (number, origin) in ["a", "a", "b", "b"].enumerated() { enqueue(number, of: origin, &queues) }
    #expect(startAll(&queues) == [0, 2, 1].map(MachineSample.id))
  }

  @Test func failedStartUsesNoSlot() throws {
    var queues = queues(maxInFlight: 1)
    enqueue(0, of: "a", &queues)
    enqueue(1, of: "a", &queues)
    let turn = queues.takeTurn()
    queues.end(try #require(turn), hasStarted: false)
    #expect(startAll(&queues) == [MachineSample.id(1)])
    #expect(!queues.isEmpty)
  }

  @Test func idleOriginIsForgotten() throws {
    var queues = queues(maxInFlight: 1)
    enqueue(0, of: "a", &queues)
    let turn = queues.takeTurn()
    queues.end(try #require(turn), hasStarted: false)
    #expect(queues.isEmpty)
  }

  @Test func reviewsKeepTheirInterval() {
    var queues = queues(maxInFlight: 1)
    let start = MachineSample.now.monotonic
    let verdicts = [0, 49, 50, 99, 100].map { queues.review(at: start + .milliseconds($0)) }
    #expect(verdicts == [true, false, true, false, true])
    #expect(queues.nextReviewAt == start + .milliseconds(150))
  }

  @Test func latestTimersAreExcess() {
    var queues = queues(maxInFlight: 2)
    queues.advance(to: MachineSample.now, planned: .distantPast)
    for number in 0..<9 { enqueue(number, of: "a", &queues) }
    #expect(startAll(&queues).count == 2)
    let later = MachineSample.after(.milliseconds(200))
    queues.advance(to: later, planned: later.monotonic)
    _ = queues.review(at: later.monotonic)
    let expected = [8, 7, 6].map {
      ExcessTimer(id: MachineSample.id($0), away: .seconds(1), reason: .receiverStalled)
    }
    #expect(queues.removeExcess(beside: DeferredTimers(), isReviewing: true) == expected)
    #expect(queues.removeExcess(beside: DeferredTimers(), isReviewing: true) == [], "the others fit")
  }

  /// Queues for `maxInFlight` slots in all and at each origin, with capacity for twice as many timers that wait.
  private func queues(maxInFlight: Int) -> OriginQueues {
    var configuration = DeliveryConfiguration()
    configuration.maxInFlight = maxInFlight
    configuration.maxInFlightPerOrigin = maxInFlight
    return OriginQueues(configuration: configuration)
  }

  private func enqueue(_ number: Int, of origin: String, _ queues: inout OriginQueues) {
    let timer = WaitingTimer(since: MachineSample.now.store, id: MachineSample.id(number), payloadBytes: 0)
    queues.enqueue(timer, of: origin)
  }

  /// Starts attempts while there are slots, and returns their timers.
  private func startAll(_ queues: inout OriginQueues) -> [DeliveryID] {
    var started: [DeliveryID] = []
    while let turn = queues.takeTurn() {
      queues.end(turn, hasStarted: true)
      started.append(turn.timer.id)
    }
    return started
  }
}
