import Synchronization

/// A load as its workers have seen it.
final class LoadLog: Sendable {
  /// The numbers of the timers whose creation was acknowledged.
  let acknowledged = Mutex<Set<Int>>([])
  let isOver = Mutex(false)
}
