import NodeRuntime
import TimerModel

/// Decides which claims the next write ends, and when it starts.
///
/// One write is in progress at a time. The claims of delivered timers wait a moment for others, so that a write that ends one claim is rare
/// at any rate: it costs nearly as much as one that ends ten. Other claims do not wait, and take the waiting ones along. Claims that a
/// failed write was to end are written again, after a wait.
struct Settlements: Sendable {
  private let batchLimit: Int
  private let gathering: Duration
  private var queue = SettlementQueue()
  private var backoff: Backoff
  private var isWriting = false
  /// The time until which the next write waits for more claims.
  private var gathersUntil = MonotonicInstant.distantPast

  /// With so many claims, a write does not wait for more.
  private static let fullEnough = 64

  init(configuration: DeliveryConfiguration) {
    batchLimit = configuration.settleBatch
    gathering = configuration.settleGathering
    backoff = Backoff(first: configuration.settleBackoff)
  }

  /// True if no claim is to be ended and none is being ended.
  var isEmpty: Bool { queue.isEmpty && !isWriting }

  /// Returns the time at which a write can start; `distantFuture` if there is nothing to write, or until the write in progress has ended.
  func nextStart(_ now: Moment) -> MonotonicInstant {
    guard !queue.isEmpty, !isWriting else { return .distantFuture }
    return max(backoff.until, now.monotonic, queue.count < Self.fullEnough ? gathersUntil : .distantPast)
  }

  /// Adds a claim that is to be ended.
  ///
  /// - Parameter canWait: true if nothing else depends on the end of the claim.
  mutating func append(_ id: DeliveryID, isQueued: Bool, canWait: Bool, _ now: Moment) {
    if !canWait {
      gathersUntil = .distantPast
    } else if queue.isEmpty {
      gathersUntil = now.monotonic + gathering
    }
    queue.append(id, isQueued: isQueued)
  }

  /// Lets the next write wait for nothing.
  mutating func stopGathering() { gathersUntil = .distantPast }

  /// Puts back a claim of a write that failed, before all others of its kind: the last one of the write first.
  mutating func putBack(_ id: DeliveryID, isQueued: Bool) { queue.putBack(id, isQueued: isQueued) }

  /// Starts a write and returns the claims that it ends; nil if none can start or there is nothing to write.
  mutating func start(_ now: Moment) -> [DeliveryID]? {
    guard nextStart(now) <= now.monotonic else { return nil }
    isWriting = true
    return queue.dequeue(batchLimit)
  }

  /// Ends the write in progress: the store has answered.
  mutating func succeed() {
    isWriting = false
    backoff.succeed()
  }

  /// Ends the write in progress; its claims are to be put back.
  mutating func fail(_ now: Moment) {
    isWriting = false
    backoff.fail(now)
  }
}
