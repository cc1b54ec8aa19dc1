import TimerModel

// The border: SQLSTATEs become StoreErrors here and nowhere else.
extension PostgresError {
  /// True if the same transaction may succeed if it is tried again at once.
  package var isConflict: Bool { sqlState == "40001" || sqlState == "40P01" }

  /// True if the server takes no writes: it has become a standby, or is set to be read-only.
  package var isReadOnlyServer: Bool { sqlState == "25006" }

  /// The error of a request that the server does not answer by its deadline.
  static let timeout = PostgresError("no answer in time", endsConnection: true)

  /// True if the server did not answer by its deadline.
  var isTimeout: Bool { sqlState == nil && message == Self.timeout.message }

  /// True if the session lacks what was made in it before, or has what it should not: a prepared statement or the schema.
  var isLostState: Bool { ["26000", "42P05", "42P01", "3F000"].contains(sqlState) }

  /// True if the next request needs a new connection: this one is lost, leads to a server that takes no
  /// writes, or does not know its prepared statements any more.
  var asksForAnotherConnection: Bool {
    endsConnection || isReadOnlyServer || sqlState == "26000" || sqlState == "0A000"
  }

  /// The store's error; `mayHaveCommitted` where the request that failed could commit.
  func storeError(mayHaveCommitted: Bool) -> StoreError {
    let (code, isRetriable) = classification
    let advice = sqlState == "42501" ? "; docs/operations.md lists what a role needs" : ""
    return StoreError(
      code: code, message: "PostgreSQL: \(message)\(advice)",
      outcome: mayHaveCommitted && endsConnection ? .unknown : .notApplied, isRetriable: isRetriable,
      cause: self)
  }

  private var classification: (StoreError.Code, isRetriable: Bool) {
    guard let sqlState else { return (.unavailable, true) }
    switch sqlState {
    // The next connection is a better one.
    case "25006", "26000", "0A000": return (.unavailable, true)
    case "55P03", "57014", "57P01", "57P02", "57P03", "57P05": return (.unavailable, true)
    case "3D000", "3F000", "42P01", "42703", "42883": return (.incompatible, false)
    default: break
    }
    switch sqlState.prefix(2) {
    // Connection, rollback, resources, system errors.
    case "08", "40", "53", "58": return (.unavailable, true)
    // Authorisation.
    case "28": return (.unavailable, false)
    default: return (.failed, false)
    }
  }
}
