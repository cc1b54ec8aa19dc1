import JSONBytes
package import TimerModel

// Records of the commands topic: the bodies of the HTTP API in an envelope that says what the path and the method say there.
extension CommandDecoder {
  /// The largest value of a record, in bytes: a payload and room for the rest of the command.
  package var maxRecordBytes: Int { limits.maxPayloadBytes + (64 << 10) }

  /// Decodes a record.
  ///
  /// - Parameters:
  ///   - key: the record's key; only a record without a value needs one: it cancels the timer `groupId/timerId`.
  ///   - value: the JSON envelope; nil is a tombstone.
  ///   - drawnID: the id of a timer that is created without one.
  ///   - now: what the horizon counts from.
  ///   - traceContext: the trace of the record.
  package func decodeRecord(
    key: [UInt8]?, value: [UInt8]?, generatedID: @autoclosure () -> String, now: Timestamp,
    traceContext: TraceContext? = nil
  ) throws(CommandError) -> TimerCommand {
    guard let value else { return .cancel(CancelTimer(key: try timerKey(ofTombstone: key))) }
    guard value.count <= maxRecordBytes else {
      throw .tooLarge(
        Violation(
          pointer: JSONPointer.root.description, detail: "must be at most \(maxRecordBytes) bytes"))
    }
    let text = try parse(value, depth: 1)
    var list = ViolationList()
    let kind = Self.kind(of: text)
    let envelope = JSONObjectReader(
      text, at: .root, allowed: Self.envelopeMembers[kind ?? ""] ?? Self.allEnvelopeMembers, &list)
    let command: TimerCommand?
    switch kind {
    case "create":
      command = try create(in: envelope, generatedID: generatedID(), now: now, traceContext, &list)
    case "update": command = try update(in: envelope, now: now, &list)
    case "cancel": command = cancel(in: envelope, &list)
    case "fire": command = fire(in: envelope, &list)
    case "redrive": command = try redrive(in: envelope, now: now, &list)
    default:
      list.add(.root.member("command"), "must be create, update, cancel, fire or redrive")
      command = nil
    }
    guard let command, list.isEmpty else { throw .invalid(list.violations) }
    return command
  }

  /// The command's name, which says what else the envelope may have.
  private static func kind(of envelope: JSONText) -> String? {
    var kind: JSONText?
    envelope.forEachMember { name, value in
      if kind == nil, name.is("command") { kind = value }
    }
    return kind?.string
  }

  private static let envelopeMembers: [String: [String]] = [
    "create": ["command", "groupId", "timer"],
    "update": ["command", "groupId", "timerId", "changes", "ifRevision"],
    "cancel": ["command", "groupId", "timerId", "ifRevision"],
    "fire": ["command", "groupId", "timerId", "ifRevision"],
    "redrive": ["command", "groupId", "timerId", "ifRevision"] + redriveMembers,
  ]
  private static let allEnvelopeMembers =
    ["command", "groupId", "timerId", "timer", "changes", "ifRevision"] + redriveMembers

  private func create(
    in envelope: JSONObjectReader, generatedID: @autoclosure () -> String, now: Timestamp,
    _ traceContext: TraceContext?, _ list: inout ViolationList
  ) throws(CommandError) -> TimerCommand? {
    let group = required("groupId", of: envelope, &list)
    guard let timer = envelope.nonNull("timer") else {
      list.add(.root.member("timer"), "is required")
      return nil
    }
    // What is wrong with the timer is said as well where the group is missing.
    let circumstances = Circumstances(
      groupID: group ?? Self.placeholder, now: now, traceContext: traceContext)
    return try create(
      timer, at: .root.member("timer"), circumstances, generatedID: generatedID(), &list
    ).map { .create($0) }
  }

  private func update(
    in envelope: JSONObjectReader, now: Timestamp, _ list: inout ViolationList
  ) throws(CommandError) -> TimerCommand? {
    let key = self.key(in: envelope, &list)
    let revision = self.revision(in: envelope, &list)
    guard let body = envelope.nonNull("changes") else {
      list.add(.root.member("changes"), "is required")
      return nil
    }
    let changes = try self.changes(body, at: .root.member("changes"), now: now, &list)
    return .update(UpdateTimer(key: key, changes: changes, ifRevision: revision))
  }

  private func cancel(in envelope: JSONObjectReader, _ list: inout ViolationList) -> TimerCommand {
    .cancel(CancelTimer(key: key(in: envelope, &list), ifRevision: revision(in: envelope, &list)))
  }

  private func fire(in envelope: JSONObjectReader, _ list: inout ViolationList) -> TimerCommand {
    .fire(FireTimer(key: key(in: envelope, &list), ifRevision: revision(in: envelope, &list)))
  }

  private func redrive(
    in envelope: JSONObjectReader, now: Timestamp, _ list: inout ViolationList
  ) throws(CommandError) -> TimerCommand {
    let key = self.key(in: envelope, &list)
    let revision = self.revision(in: envelope, &list)
    var redrive = try self.redrive(key, by: envelope, now: now, &list)
    redrive.ifRevision = revision
    return .redrive(redrive)
  }

  private func key(in envelope: JSONObjectReader, _ list: inout ViolationList) -> TimerKey {
    let key = TimerKey(
      groupID: required("groupId", of: envelope, &list) ?? Self.placeholder,
      timerID: required("timerId", of: envelope, &list) ?? Self.placeholder)
    Self.check(key, timerIDAt: .root.member("timerId"), &list)
    return key
  }

  private func revision(in envelope: JSONObjectReader, _ list: inout ViolationList) -> Int64? {
    envelope.integer("ifRevision", in: 1...Int(Int64.max), &list).map { Int64($0) }
  }

  /// Stands for an id that is missing, of which the list says so.
  private static let placeholder = "missing"

  private func required(
    _ name: String, of envelope: JSONObjectReader, _ list: inout ViolationList
  ) -> String? {
    if envelope.nonNull(name) == nil { list.add(.root.member(name), "is required") }
    return envelope.string(name, &list)
  }

  private func timerKey(ofTombstone key: [UInt8]?) throws(CommandError) -> TimerKey {
    // Ids are short, and have no slash.
    let parts = (key ?? []).split(
      separator: UInt8(ascii: "/"), maxSplits: 2, omittingEmptySubsequences: false
    ).map { String(decoding: $0, as: UTF8.self) }
    guard parts.count == 2 else {
      throw .invalid([
        Violation(
          pointer: JSONPointer.root.description,
          detail: "is required, except in a record whose key is groupId/timerId, which cancels that timer")
      ])
    }
    return try checkKey(groupID: parts[0], timerID: parts[1])
  }
}
