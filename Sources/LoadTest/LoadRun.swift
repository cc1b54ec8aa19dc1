import CurlClient
import NodeRuntime
import Synchronization
import TimerModel

/// Carries out a load test: an open loop, which sends each creation at its planned moment whatever the service does.
package final class LoadRun: Sendable {
  /// The address that callbacks go to.
  package struct Receiver: Hashable, Sendable {
    /// The address to listen on.
    package var host: String
    /// The port; 0 lets the system choose.
    package var port: Int
    /// The URL under which the service reaches it; nil makes it from host and port.
    package var url: String?

    package init(host: String, port: Int, url: String? = nil) {
      self.host = host
      self.port = port
      self.url = url
    }
  }

  private struct State {
    var tally: LoadTally
    var waiting: CheckedContinuation<Void, Never>?

    mutating func takeWaiting() -> CheckedContinuation<Void, Never>? {
      guard tally.isComplete else { return nil }
      defer { waiting = nil }
      return waiting
    }
  }

  private let plan: LoadPlan
  private let receiver: Receiver
  private let startedAt: MonotonicInstant
  private let state: Mutex<State>
  private static let requestTimeoutMilliseconds = 15_000

  /// Creates a run that starts now.
  package init(plan: LoadPlan, receiver: Receiver) {
    self.plan = plan
    self.receiver = receiver
    startedAt = SystemClock.monotonic()
    state = Mutex(State(tally: LoadTally(plan: plan, start: SystemClock.wallMicroseconds())))
  }

  /// The results so far.
  package var report: LoadReport { state.withLock { $0.tally.report } }

  /// Creates all timers and waits until all have fired, or until patience ends.
  ///
  /// - Throws: if the receiver cannot listen.
  package func run() async throws -> LoadReport {
    let receiving = try await LoadReceiver.start(host: receiver.host, port: receiver.port) {
      [weak self] number, moment in
      self?.change { $0.tally.arrived(number, at: moment) }
    }
    let url = receiver.url ?? "http://\(receiver.host):\(receiving.port)"
    var configuration = CurlConfiguration()
    configuration.maxConnections = plan.connections
    configuration.maxConnectionsPerHost = plan.connections
    let client = CurlClient(configuration: configuration, threadName: "load")
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await client.run() }
      await create(through: client, callbackURL: url)
      await waitForCallbacks()
      client.stop()
    }
    try await receiving.stop()
    return report
  }

  private func create(through client: CurlClient, callbackURL: String) async {
    let start = state.withLock { $0.tally.start }
    await withDiscardingTaskGroup { group in
      for number in 0..<plan.count {
        let early = plan.sendOffset(number) - elapsed
        // The load's own pace: only the clock announces the moment to send. A cancelled load sends the rest at once.
        if early > 0 { try? await Task.sleep(for: .microseconds(early)) }
        group.addTask { [plan] in
          let request = CurlRequest(
            url: plan.timersURL, headers: ["content-type: application/json", "expect:"],
            body: plan.body(number, start: start, callbackURL: callbackURL),
            timeoutMilliseconds: Self.requestTimeoutMilliseconds)
          let answer = await client.send(request)
          let moment = self.elapsed
          self.change { $0.tally.answered(number, status: try? answer.get().status, at: moment) }
        }
      }
    }
  }

  /// Waits until everything has fired, until patience ends, or until the task is cancelled.
  private func waitForCallbacks() async {
    let end = plan.sendOffset(plan.count) + (plan.lead + plan.patience).microseconds
    await withTaskGroup(of: Void.self) { group in
      // The deadline: a callback that has not arrived by then counts as lost. Cancellation ends the wait early.
      group.addTask { try? await Task.sleep(for: .microseconds(max(0, end - self.elapsed))) }
      group.addTask {
        await withTaskCancellationHandler {
          await withCheckedContinuation { continuation in
            let isOver = self.state.withLock { state in
              if state.tally.isComplete || Task.isCancelled { return true }
              state.waiting = continuation
              return false
            }
            if isOver { continuation.resume() }
          }
        } onCancel: {
          self.state.withLock { state in
            defer { state.waiting = nil }
            return state.waiting
          }?.resume()
        }
      }
      await group.next()
      group.cancelAll()
    }
  }

  /// Microseconds since the start.
  private var elapsed: Int64 { SystemClock.monotonic().microseconds(since: startedAt) }

  private func change(_ body: (inout State) -> Void) {
    state.withLock { state in
      body(&state)
      return state.takeWaiting()
    }?.resume()
  }
}
