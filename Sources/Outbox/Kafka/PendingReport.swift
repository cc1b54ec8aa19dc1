import KafkaClient
import Synchronization

/// A report that comes once, and who waits for it.
final class PendingReport: Sendable {
  private enum State {
    case empty
    case waiting(CheckedContinuation<KafkaProducer.Report?, Never>)
    case reported(KafkaProducer.Report?)
  }

  private let state = Mutex(State.empty)

  /// Takes the report; nil means that nobody needs to wait for it any more. Only the first one counts.
  func fulfil(_ report: KafkaProducer.Report?) {
    let waiting: CheckedContinuation<KafkaProducer.Report?, Never>? = state.withLock { state in
      switch state {
      case .empty:
        state = .reported(report)
        return nil
      case .waiting(let continuation):
        state = .reported(report)
        return continuation
      case .reported: return nil
      }
    }
    waiting?.resume(returning: report)
  }

  /// Waits for the report, or until the task is cancelled; then nil.
  func value() async -> KafkaProducer.Report? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let report: KafkaProducer.Report?? = state.withLock { state in
          if case .reported(let report) = state { return .some(report) }
          state = .waiting(continuation)
          return .none
        }
        if let report { continuation.resume(returning: report) }
      }
    } onCancel: {
      fulfil(nil)
    }
  }
}
