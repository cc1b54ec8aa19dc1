import NodeRuntime
import Testing
import TimerModel

@Suite struct ConditionLockTests {
  private static func onThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      NamedThread.start(name: "test") { continuation.resume(returning: work()) }
    }
  }

  @Test func changesWakeTheWaitingThread() async {
    let lock = ConditionLock(0)
    async let value = Self.onThread {
      lock.wait { (state: inout Int) -> ConditionCheck<Int> in
        state == 2 ? .met(state) : .unmet(nextCheck: .distantFuture)
      }
    }
    lock.change { $0 = 1 }
    lock.change { $0 = 2 }
    #expect(await value == 2)
  }

  @Test func stateIsCheckedAtTheNamedTime() async {
    let lock = ConditionLock(0)
    let deadline = SystemClock.monotonic() + .milliseconds(2)
    let end = await Self.onThread {
      lock.wait { (_: inout Int) -> ConditionCheck<MonotonicInstant> in
        let now = SystemClock.monotonic()
        return now >= deadline ? .met(now) : .unmet(nextCheck: deadline)
      }
    }
    #expect(end >= deadline)
  }
}
