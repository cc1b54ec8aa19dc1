import Configuration
import Synchronization

/// Remembers which provider of a reader had the value of a key.
final class WinningProviders: AccessReporter {
  /// The provider's position among the reader's, and whether it takes its value for a secret.
  typealias Winner = (position: Int, isSecret: Bool)

  private let winners = Mutex<[String: Winner]>([:])

  subscript(name: String) -> Winner? { winners.withLock { $0[name] } }

  func report(_ event: AccessEvent) {
    // A reader asks its providers in order and stops at the first that answers.
    guard case .success(let value?) = event.result else { return }
    winners.withLock {
      $0[event.metadata.key.description] = (event.providerResults.count - 1, value.isSecret)
    }
  }
}
