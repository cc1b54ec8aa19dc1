import JSONBytes
package import TimerModel

/// The text form in which stores keep what became of a timer's claims: an array of arrays, oldest first.
package enum StoredAttempts {
  /// The last bytes of the record of a released claim, and of no other record, for statements that cannot decode one. The result is
  /// the last field there, since a released claim has no note. Other records end with a number, another result, or a text that is
  /// not this word.
  package static let releasedEnding = "\"\(AttemptRecord.Result.released.rawValue)\"]"

  /// Encodes attempts as JSON, and before them the record that created the timer; nil if there is nothing to say.
  package static func encode(_ attempts: [AttemptRecord], createdBy: KafkaCoordinates? = nil) -> String? {
    guard !attempts.isEmpty || createdBy != nil else { return nil }
    var json = JSONWriter(capacity: 64 * attempts.count + 64)
    json.array { json in
      if let createdBy { json.string(createdBy.description) }
      for attempt in attempts { write(attempt, &json) }
    }
    return json.text
  }

  /// Encodes one attempt, for stores that append to a list of their own.
  package static func encode(_ attempt: AttemptRecord) -> String {
    var json = JSONWriter(capacity: 64)
    write(attempt, &json)
    return json.text
  }

  /// Decodes what `encode` made of one attempt.
  ///
  /// - Throws: `StoreError` with code `incompatible` for anything else.
  package static func decodeOne(_ text: String) throws(StoreError) -> AttemptRecord {
    try decode(try StoredJSON.parse(text, of: "attempt"))
  }

  /// Decodes what `encode` made.
  ///
  /// - Throws: `StoreError` with code `incompatible` for anything else.
  package static func decode(
    _ text: String?
  ) throws(StoreError) -> (attempts: [AttemptRecord], createdBy: KafkaCoordinates?) {
    guard let text else { return ([], nil) }
    guard let rows = try StoredJSON.parse(text, of: "attempt").elements else {
      throw StoredJSON.unreadable("attempt")
    }
    var attempts: [AttemptRecord] = []
    let createdBy = rows.first?.string.flatMap { KafkaCoordinates($0) }
    for row in createdBy == nil ? rows[...] : rows.dropFirst() { attempts.append(try decode(row)) }
    return (attempts, createdBy)
  }

  private static func write(_ attempt: AttemptRecord, _ json: inout JSONWriter) {
    json.array { json in
      json.integer(attempt.number)
      json.integer(attempt.startedAt.milliseconds)
      json.integer(attempt.durationMilliseconds)
      // Versions before this one know four results; to them it is a failure that says why.
      json.string((attempt.isAttempt ? attempt.result : .failed).rawValue)
      json.integerOrNull(attempt.statusCode)
      json.stringOrNull(attempt.error)
      // What came later is left out where there is nothing to say: every byte is one per timer.
      let hasMarker = !attempt.isAttempt
      let hasTail = hasMarker || attempt.note != nil
      guard attempt.node != nil || attempt.nextAttemptAt != nil || attempt.claimedAt != nil || hasTail
      else { return }
      json.stringOrNull(attempt.node?.name)
      if let next = attempt.nextAttemptAt {
        json.integer(Timestamp.millisecondsBetween(attempt.startedAt, next))
      } else if attempt.claimedAt != nil || hasTail {
        json.null()
      }
      if let claimed = attempt.claimedAt {
        json.integer(Timestamp.millisecondsBetween(claimed, attempt.startedAt))
      } else if hasTail {
        json.null()
      }
      if hasMarker { json.string(attempt.result.rawValue) } else if hasTail { json.null() }
      if let note = attempt.note { json.string(note) }
    }
  }

  private static func decode(_ row: JSONText) throws(StoreError) -> AttemptRecord {
    guard let fields = row.elements, fields.count >= 6, let number = fields[0].integer,
      let startedAt = fields[1].integer, let duration = fields[2].integer,
      let result = fields[3].string.flatMap(AttemptRecord.Result.init(rawValue:))
    else { throw StoredJSON.unreadable("attempt") }
    return AttemptRecord(
      number: Int(number), startedAt: Timestamp(milliseconds: startedAt), durationMilliseconds: duration,
      result: fields.count > 9
        ? fields[9].string.flatMap(AttemptRecord.Result.init(rawValue:)) ?? result : result,
      statusCode: fields[4].integer.map { Int($0) }, error: fields[5].string,
      node: fields.count > 6 ? fields[6].string.map { NodeID($0) } : nil,
      nextAttemptAt: fields.count > 7
        ? fields[7].integer.map { Timestamp(milliseconds: startedAt) + .milliseconds($0) } : nil,
      claimedAt: fields.count > 8
        ? fields[8].integer.map { Timestamp(milliseconds: startedAt) - .milliseconds($0) } : nil,
      note: fields.count > 10 ? fields[10].string : nil)
  }
}
