import GRDB
import Synchronization

/// The statements that a store has run on timers, messages and offsets, on whichever of its connections.
final class StatementLog: Sendable {
  private let texts = Mutex<Set<String>>([])

  /// The texts, each once.
  var statements: Set<String> { texts.withLock { $0 } }

  /// Notes what runs on a connection from now on.
  func watch(_ database: Database) {
    database.trace { event in
      guard case .statement(let statement) = event else { return }
      let text = statement.sql
      let isData = ["SELECT", "INSERT", "UPDATE", "DELETE"].contains { text.hasPrefix($0) }
      // The rest is GRDB's own, and that of the migrations.
      guard isData, !text.contains("sqlite_"), !text.contains("grdb_") else { return }
      _ = self.texts.withLock { $0.insert(text) }
    }
  }

  /// Forgets what was noted.
  func clear() { texts.withLock { $0 = [] } }
}
