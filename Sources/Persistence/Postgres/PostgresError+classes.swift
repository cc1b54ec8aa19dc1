import TimerModel

// The border: SQLSTATEs become StoreErrors here and nowhere else.
extension PostgresError {
  /// Whether the same transaction may succeed if it is tried again at once.
  var isConflict: Bool { sqlState == "40001" || sqlState == "40P01" }

  /// The store's error; `mayHaveCommitted` where the request that failed could commit.
  func storeError(mayHaveCommitted: Bool) -> StoreError {
    let (code, isRetriable) = classification
    return StoreError(
      code: code, message: "PostgreSQL: \(message)",
      outcome: mayHaveCommitted && endsConnection ? .unknown : .notApplied, isRetriable: isRetriable,
      cause: self)
  }

  private var classification: (StoreError.Code, isRetriable: Bool) {
    guard let sqlState else { return (.unavailable, true) }
    switch sqlState {
    // A standby, after a fail-over: the next connection finds the primary.
    case "25006": return (.unavailable, true)
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
