import Persistence
import TimerModel

// What became of claims, as the pure transitions keep it (`Timer.appendToHistory`).
extension PostgresStatement {
  /// The attempts of `t` and `record` after them, the oldest left out where there are too many.
  static func attempts(and record: String) -> String {
    """
    (array_append(t.attempts, \(record)))[
      greatest(coalesce(cardinality(t.attempts), 0) - \(AttemptRecord.maxPerTimer - 2), 1):]
    """
  }

  /// True if the last claim of `t` that ended was released. It compares the last bytes of the record: to parse it as JSON costs more,
  /// and one row that holds something else would fail the whole batch.
  static let endsReleased = """
    substring(t.attempts[cardinality(t.attempts)] FROM octet_length(t.attempts[cardinality(t.attempts)]) \
    - \(StoredAttempts.releasedEnding.utf8.count - 1))
      = '\(StoredAttempts.releasedEnding)'::bytea
    """

  /// The attempts of `t`, and after them its void claim if there is one, in the form of `StoredAttempts`. Bytes of a node's name that
  /// are not ASCII are shown as numbers: what the database's encoding has no character for must not fail a claim.
  static func attemptsAndLostClaim(at milliseconds: String) -> String {
    let (failed, lost) = (AttemptRecord.Result.failed.rawValue, AttemptRecord.Result.lost.rawValue)
    let record = """
      convert_to('[' || coalesce(t.attempt, 0) || ',' || \(milliseconds) || ',0,"\(failed)",null,"\(AttemptRecord.lostText)",'
        || to_json(encode(t.claim_node, 'escape'))::text || ',null,null,"\(lost)"]', 'UTF8')
      """
    return "CASE WHEN t.claim_node IS NULL THEN t.attempts ELSE \(attempts(and: record)) END"
  }
}
