import GRDB
import TimerModel

// SQLite's errors become StoreErrors at this border.
extension SQLiteTimerStore {
  static func translatingErrors<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
      return try await body()
    } catch let error as DatabaseError {
      throw storeError(error)
    }
  }

  static func translating<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw storeError(error)
    }
  }

  /// A failed transaction is rolled back, by SQLite itself if need be, so that nothing of it has happened.
  private static func storeError(_ error: DatabaseError) -> StoreError {
    let text = "SQLite \(error.extendedResultCode.rawValue): \(error.message ?? "no message")"
    switch error.resultCode {
    case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_SCHEMA:
      return StoreError(code: .incompatible, message: text, isRetriable: false, cause: error)
    case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_NOMEM,
      .SQLITE_INTERRUPT, .SQLITE_ABORT:
      return StoreError(code: .unavailable, message: text, cause: error)
    default:
      return StoreError(code: .failed, message: text, isRetriable: false, cause: error)
    }
  }
}
