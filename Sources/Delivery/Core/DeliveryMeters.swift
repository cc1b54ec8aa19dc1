import Telemetry
import TimerModel

/// Counts attempts and their outcomes.
struct DeliveryMeters: Sendable {
  private let attempts: ByLabel<TransportLabel, ByLabel<OutcomeLabel, ByLabel<ResponseClass, Count>>>
  private let inFlight: ByLabel<TransportLabel, Gauge>
  private let duration: ByLabel<TransportLabel, Durations>
  private let lateness: ByLabel<AttemptOrder, Durations>
  private let heldTimers: Gauge
  private let retries: Count
  private let deadLetters: ByLabel<DeadLetterReason, Count>
  private let released: Count
  private let lost: Count
  private let waiting = WaitingRetries()

  init(_ instruments: Instruments, clock: any NodeClock) {
    attempts = instruments.counts(.attempts, by: TransportLabel.self, OutcomeLabel.self, ResponseClass.self)
    inFlight = instruments.gauges(.attemptsInFlight, by: TransportLabel.self)
    duration = instruments.durations(.attemptDuration, by: TransportLabel.self)
    lateness = instruments.durations(.lateness, by: AttemptOrder.self)
    heldTimers = instruments.gauge(.heldTimers)
    retries = instruments.count(.retriesScheduled)
    deadLetters = instruments.counts(.deadLetters, by: DeadLetterReason.self)
    released = instruments.count(.claimsReleased)
    lost = instruments.count(.settlementsLost)
    let (waiting, shown) = (waiting, instruments.gauge(.retriesWaiting))
    instruments.onScrape { shown.set(waiting.count(at: clock.now().store)) }
  }

  /// Counts claimed timers that came, or went.
  func held(_ count: Int) { heldTimers.add(count) }

  func began(_ request: AttemptRequest) {
    inFlight[TransportLabel(request.timer.definition.destination)].add(1)
    let late = Timestamp.millisecondsBetween(request.timer.waitsSince, request.startedAt)
    let (nanoseconds, isTooLong) = late.multipliedReportingOverflow(by: 1_000_000)
    lateness[request.timer.attempt == 1 ? .first : .later].record(nanoseconds: isTooLong ? .max : nanoseconds)
  }

  func ended(_ request: AttemptRequest, _ outcome: AttemptOutcome, since start: Stopwatch) {
    let transport = TransportLabel(request.timer.definition.destination)
    inFlight[transport].add(-1)
    duration[transport].record(since: start)
    attempts[transport][OutcomeLabel(outcome.kind)][ResponseClass(status: outcome.statusCode)].add()
  }

  func settled(_ settlements: [Settlement], _ verdicts: [SettleVerdict]) {
    for (settlement, verdict) in zip(settlements, verdicts) {
      guard verdict == .settled else {
        lost.add()
        continue
      }
      switch settlement.ending {
      case .delivered, .rescheduled: break
      case .retry(let at):
        retries.add()
        waiting.add(dueAt: at)
      case .dead: deadLetters[DeadLetterReason(lastResult: settlement.attempt?.result)].add()
      case .released: released.add()
      }
    }
  }
}
