import JSONBytes
package import TimerModel

/// Turns the JSON of clients into commands that keep every limit, or says everything that is wrong with it.
package struct CommandDecoder: Sendable {
  /// The limits that every decoded command keeps.
  package let limits: CommandLimits
  /// Completes a retry policy that a client gives in part.
  package let defaultRetryPolicy: RetryPolicy
  /// The topic of timers for Kafka that name none; nil where no timer may go to Kafka.
  package let kafkaTopic: String?

  /// Creates a decoder; without `kafkaTopic` no timer may go to Kafka.
  package init(
    limits: CommandLimits = CommandLimits(), defaultRetryPolicy: RetryPolicy = .standard,
    kafkaTopic: String? = nil
  ) {
    self.limits = limits
    self.defaultRetryPolicy = defaultRetryPolicy
    self.kafkaTopic = kafkaTopic
  }

  /// Decodes a creation.
  ///
  /// - Parameters:
  ///   - body: the JSON of a timer; an absent id is drawn at random.
  ///   - groupID: the group from the path or the record.
  ///   - now: what the horizon counts from.
  ///   - traceContext: the trace of the request.
  package func decodeCreate(
    body: [UInt8], groupID: String, now: Timestamp, traceContext: TraceContext? = nil
  ) throws(CommandError) -> CreateTimer {
    var list = ViolationList()
    let command = try create(
      try parse(body), at: .root,
      Circumstances(groupID: groupID, now: now, traceContext: traceContext),
      generatedID: FiringID.random().description, &list)
    guard let command, list.isEmpty else { throw .invalid(list.violations) }
    return command
  }

  /// Decodes an update; null removes the payload and the tags, and returns `retryPolicy` and `callbackTimeoutSeconds` to the service's
  /// default.
  package func decodeUpdate(
    body: [UInt8], groupID: String, timerID: String, now: Timestamp, ifRevision: Int64? = nil
  ) throws(CommandError) -> UpdateTimer {
    var list = ViolationList()
    let key = TimerKey(groupID: groupID, timerID: timerID)
    Self.check(key, timerIDAt: .root.member("timerId"), &list)
    let changes = try self.changes(try parse(body), at: .root, now: now, &list)
    guard list.isEmpty else { throw .invalid(list.violations) }
    return UpdateTimer(key: key, changes: changes, ifRevision: ifRevision)
  }

  /// Checks the ids of a command that has no body.
  package func checkKey(groupID: String, timerID: String) throws(CommandError) -> TimerKey {
    var list = ViolationList()
    let key = TimerKey(groupID: groupID, timerID: timerID)
    Self.check(key, timerIDAt: .root.member("timerId"), &list)
    guard list.isEmpty else { throw .invalid(list.violations) }
    return key
  }

  /// The part of a creation that its body does not have.
  struct Circumstances {
    let groupID: String
    let now: Timestamp
    let traceContext: TraceContext?
  }

  /// Reads the body of a creation; nil if something is wrong.
  func create(
    _ body: JSONText, at pointer: JSONPointer, _ circumstances: Circumstances,
    generatedID: @autoclosure () -> String, _ list: inout ViolationList
  ) throws(CommandError) -> CreateTimer? {
    let timer = JSONObjectReader(body, at: pointer, allowed: Self.createMembers, &list)
    guard body.kind == .object else { return nil }
    let key = TimerKey(
      groupID: circumstances.groupID, timerID: timer.string("id", &list) ?? generatedID())
    Self.check(key, timerIDAt: pointer.member("id"), &list)
    if timer.nonNull("executeAt") == nil { list.add(timer.pointer.member("executeAt"), "is required") }
    if timer.nonNull("callbackUrl") == nil, timer.nonNull("destination") == nil {
      list.add(timer.pointer.member("callbackUrl"), "is required if destination is missing")
    }
    let changes = try fields(of: timer, now: circumstances.now, &list)
    guard let executeAt = changes.executeAt, let destination = changes.destination else { return nil }
    let definition = TimerDefinition(
      executeAt: executeAt, destination: destination,
      payload: changes.payload ?? nil, retryPolicy: changes.retryPolicy ?? nil,
      callbackTimeoutSeconds: changes.callbackTimeoutSeconds ?? nil, gaps: changes.gaps,
      tags: changes.tags ?? [:])
    return CreateTimer(key: key, definition: definition, traceContext: circumstances.traceContext)
  }

  /// Reads the body of an update.
  func changes(
    _ body: JSONText, at pointer: JSONPointer, now: Timestamp, _ list: inout ViolationList
  ) throws(CommandError) -> TimerChanges {
    let timer = JSONObjectReader(body, at: pointer, allowed: Self.updateMembers, &list)
    for name in ["executeAt", "callbackUrl", "destination"] where timer.value(name)?.kind == .null {
      list.add(timer.pointer.member(name), "must not be null; omit it to leave it unchanged")
    }
    return try fields(of: timer, now: now, &list)
  }

  private static let createMembers = ["id"] + updateMembers
  private static let updateMembers = [
    "executeAt", "callbackUrl", "destination", "payload", "retryPolicy", "callbackTimeoutSeconds", "tags",
  ]

  /// Reads an object; what it lacks is not worth listing where it is none.
  func parse(_ body: [UInt8], depth: Int = 0) throws(CommandError) -> JSONText {
    let text: JSONText
    do { text = try JSONText(body, maxDepth: limits.maxDepth + depth) } catch { throw .unreadable(error) }
    guard text.kind == .object else {
      throw .invalid([Violation(pointer: JSONPointer.root.description, detail: "must be an object")])
    }
    return text
  }

  /// Notes an id that no group may have.
  static func checkGroup(_ groupID: String, _ list: inout ViolationList) {
    if !IDRule.allows(groupID) {
      list.add(.root.member("groupId"), IDRule.description)
    } else if groupID == QueryDecoder.allGroups {
      list.add(.root.member("groupId"), "must not be -, which stands for all groups")
    }
  }

  static func check(_ key: TimerKey, timerIDAt pointer: JSONPointer, _ list: inout ViolationList) {
    checkGroup(key.groupID, &list)
    if !IDRule.allows(key.timerID) { list.add(pointer, IDRule.description) }
  }
}
