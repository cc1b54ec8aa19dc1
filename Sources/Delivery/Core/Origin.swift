import HeapModule
import TimerModel

/// One receiver, as Delivery knows it while it holds timers for it.
struct Origin: Sendable {
  /// The ways in which an origin responds, or does not.
  enum Status: Sendable { case unknown, responding, stalled }

  var status = Status.unknown
  /// The attempts that run, and their payload bytes.
  private(set) var running = DeliveryCapacity(timers: 0, payloadBytes: 0)
  /// The payload bytes of the timers that wait.
  private(set) var waitingBytes = 0
  /// Due timers that wait for a slot.
  private var waiting = Heap<WaitingTimer>()
  /// The time of the last answer, or since which there has been something to answer; on the awake clock.
  private var lastResponse: Int64
  /// The usual time to an answer, as a moving average in nanoseconds; zero until there was one.
  private var latency: Int64 = 0
  /// The end of the last stall, on the awake clock.
  private var stalledUntil = Int64.min

  /// Creates an origin that has something to answer from `awake` on.
  init(awake: AwakeClock) { lastResponse = awake.microseconds }

  var isIdle: Bool { running.timers == 0 && waiting.isEmpty }

  /// The number of timers that wait.
  var waitingCount: Int { waiting.count }

  /// The timer that came last of those that wait; nil if none waits.
  var last: WaitingTimer? { waiting.max }

  /// Queues a due timer; returns true if it is the only one.
  mutating func enqueue(_ timer: WaitingTimer) -> Bool {
    waiting.insert(timer)
    waitingBytes += timer.payloadBytes
    return waiting.count == 1
  }

  /// Removes and returns the timer that has waited longest.
  mutating func popFirst() -> WaitingTimer? {
    guard let timer = waiting.popMin() else { return nil }
    waitingBytes -= timer.payloadBytes
    return timer
  }

  /// Removes and returns the timer that came last.
  mutating func popLast() -> WaitingTimer? {
    guard let timer = waiting.popMax() else { return nil }
    waitingBytes -= timer.payloadBytes
    return timer
  }

  /// Notes that an attempt starts.
  mutating func start(_ size: DeliveryCapacity, awake: AwakeClock) {
    if running.timers == 0, status != .stalled { lastResponse = awake.microseconds }
    running += size
  }

  /// Notes that an attempt has ended.
  mutating func end(_ size: DeliveryCapacity) { running -= size }

  /// Notes the answer to an attempt that started at `start` on the awake clock: a pause of this node is not the receiver's time.
  mutating func responded(startedAwake start: Int64, awake: AwakeClock, timeout: Duration) {
    let sample = (awake.microseconds - start) * 1000
    if latency == 0 {
      latency = sample
    } else if isStalled(awake, timeout: timeout) {
      // Of all the responses that one stall delayed, one counts, and at most doubles the usual time: they say little about the next.
      latency = min((latency * 4 + sample) / 5, latency * 2)
      stalledUntil = awake.microseconds
    } else if start >= stalledUntil {
      // With many attempts at once, a pause of a few milliseconds is in many samples: those of all slots make one average.
      let weight = Int64(max(running.timers, 5))
      latency += (sample - latency) / weight
    }
    lastResponse = awake.microseconds
  }

  /// Returns the time since the last response, in microseconds.
  func timeSinceResponse(_ awake: AwakeClock) -> Int64 { awake.microseconds - lastResponse }

  /// Returns true if nothing was answered for `timeout` and for twice the usual time.
  func isStalled(_ awake: AwakeClock, timeout: Duration) -> Bool {
    running.timers > 0 && timeSinceResponse(awake) > max(timeout.microseconds, latency * 2 / 1000)
  }

  /// Returns the time that the timer at `position` of those that wait will wait, at the pace of the answers so far.
  func expectedWait(at position: Int) -> Duration {
    .nanoseconds(latency * Int64(position) / Int64(max(running.timers, 1)))
  }

  /// Returns the number of timers that wait no longer than `duration`, at the same pace.
  func positions(within duration: Duration) -> Int {
    latency == 0 ? .max : Int(duration.microseconds * 1000 * Int64(max(running.timers, 1)) / latency)
  }
}
