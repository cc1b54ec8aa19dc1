public import TimerModel

/// The text form in which stores keep a timer's attempts: an array of arrays, oldest first.
public enum StoredAttempts {
  /// Encodes attempts as JSON; nil if there are none.
  public static func encode(_ attempts: [AttemptRecord]) -> String? {
    guard !attempts.isEmpty else { return nil }
    var json = JSONWriter(capacity: 64 * attempts.count)
    json.array { json in
      for attempt in attempts { write(attempt, &json) }
    }
    return String(decoding: json.bytes, as: UTF8.self)
  }

  /// Encodes one attempt, for stores that append to a list of their own.
  public static func encode(_ attempt: AttemptRecord) -> String {
    var json = JSONWriter(capacity: 64)
    write(attempt, &json)
    return String(decoding: json.bytes, as: UTF8.self)
  }

  /// Decodes what `encode` made of one attempt.
  ///
  /// - Throws: `StoreError` with code `incompatible` for anything else.
  public static func decodeOne(_ text: String) throws(StoreError) -> AttemptRecord {
    try decode(try StoredJSON.parse(text, of: "attempt"))
  }

  /// Decodes what `encode` made.
  ///
  /// - Throws: `StoreError` with code `incompatible` for anything else.
  public static func decode(_ text: String?) throws(StoreError) -> [AttemptRecord] {
    guard let text else { return [] }
    guard let rows = try StoredJSON.parse(text, of: "attempt").elements else {
      throw StoredJSON.unreadable("attempt")
    }
    var attempts: [AttemptRecord] = []
    for row in rows { attempts.append(try decode(row)) }
    return attempts
  }

  private static func write(_ attempt: AttemptRecord, _ json: inout JSONWriter) {
    json.array { json in
      json.integer(attempt.number)
      json.integer(attempt.startedAt.milliseconds)
      json.integer(attempt.durationMilliseconds)
      json.string(attempt.result.rawValue)
      if let status = attempt.statusCode { json.integer(status) } else { json.null() }
      if let error = attempt.error { json.string(error) } else { json.null() }
      // What came later is left out where there is nothing to say: every byte is one per timer.
      guard attempt.node != nil || attempt.nextAttemptAt != nil else { return }
      if let node = attempt.node { json.string(node.name) } else { json.null() }
      if let next = attempt.nextAttemptAt {
        json.integer(Timestamp.millisecondsBetween(attempt.startedAt, next))
      }
    }
  }

  private static func decode(_ row: JSONText) throws(StoreError) -> AttemptRecord {
    guard let fields = row.elements, fields.count >= 6, let number = fields[0].integer,
      let startedAt = fields[1].integer, let duration = fields[2].integer,
      let result = fields[3].string.flatMap(AttemptRecord.Result.init)
    else { throw StoredJSON.unreadable("attempt") }
    return AttemptRecord(
      number: Int(number), startedAt: Timestamp(milliseconds: startedAt), durationMilliseconds: duration,
      result: result, statusCode: fields[4].integer.map { Int($0) }, error: fields[5].string,
      node: fields.count > 6 ? fields[6].string.map { NodeID($0) } : nil,
      nextAttemptAt: fields.count > 7
        ? fields[7].integer.map { Timestamp(milliseconds: startedAt + $0) } : nil)
  }
}
