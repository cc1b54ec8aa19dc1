import Synchronization
import TimerModel

/// The results of requests that ran while a test did other things.
final class LoadLog: Sendable {
  let acknowledged = Mutex<Set<Int>>([])
  let errors = Mutex<[StoreError]>([])
  let isOver = Mutex(false)
}
