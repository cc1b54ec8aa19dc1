import NodeRuntime
import Testing
import TimerModel

@Suite struct MailboxTests {
  @Test func returnsEarlierEvents() async {
    let mailbox = Mailbox<Int>(name: "test")
    mailbox.post(1)
    mailbox.post(2)
    #expect(await mailbox.next(until: .distantFuture) == [1, 2])
  }

  @Test func wakesForEvents() async {
    let mailbox = Mailbox<Int>(name: "test")
    async let events = mailbox.next(until: .distantFuture)
    mailbox.post(7)
    #expect(await events == [7])
  }

  @Test func wakesAtDeadline() async {
    let mailbox = Mailbox<Int>(name: "test")
    let deadline = SystemClock.monotonic() + .milliseconds(2)
    #expect(await mailbox.next(until: deadline) == [])
    #expect(SystemClock.monotonic() >= deadline)
  }

  @Test func returnsOnCancellation() async {
    let mailbox = Mailbox<Int>(name: "test")
    await withTaskGroup(of: [Int].self) { group in
      group.addTask { await mailbox.next(until: .distantFuture) }
      group.cancelAll()
      #expect(await group.next() == [])
    }
  }

  @Test func losesNothingWithManyWriters() async {
    let mailbox = Mailbox<Int>(name: "test")
    await withDiscardingTaskGroup { group in
      for writer in 0..<8 {
        group.addTask { for event in 0..<1000 { mailbox.post(writer * 1000 + event) } }
      }
      var received: Set<Int> = []
      while received.count < 8000 { received.formUnion(await mailbox.next(until: .distantFuture)) }
      #expect(received.count == 8000)
    }
  }
}
