import JSONBytes
package import TimerModel

/// The text form in which stores keep a retry policy; durations are milliseconds.
package enum StoredRetryPolicy {
  /// Encodes a policy as JSON.
  package static func encode(_ policy: RetryPolicy) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("attempts", policy.maxAttempts)
      json.member("duration", policy.maxAttemptsDuration?.millisecondsRoundedUp)
      json.member("initial", policy.initialInterval.millisecondsRoundedUp)
      json.member("multiplier", policy.backoffMultiplier)
      json.member("max", policy.maxInterval.millisecondsRoundedUp)
    }
    return json.text
  }

  /// Decodes what `encode` made.
  ///
  /// - Throws: `StoreError` with code `incompatible` for anything else.
  package static func decode(_ text: String) throws(StoreError) -> RetryPolicy {
    let members = try StoredJSON.members(text, of: "retry policy")
    guard let attempts = members["attempts"]?.integer, attempts >= 1,
      let initial = members["initial"]?.integer, initial >= 0, let max = members["max"]?.integer, max >= 0,
      let multiplier = members["multiplier"]?.number, multiplier >= 1, multiplier.isFinite
    else { throw StoredJSON.unreadable("retry policy") }
    if let duration = members["duration"], (duration.integer ?? -1) < 0 {
      throw StoredJSON.unreadable("retry policy")
    }
    return RetryPolicy(
      maxAttempts: Int(attempts), maxAttemptsDuration: members["duration"]?.integer.map { .milliseconds($0) },
      initialInterval: .milliseconds(initial), backoffMultiplier: multiplier, maxInterval: .milliseconds(max))
  }
}
