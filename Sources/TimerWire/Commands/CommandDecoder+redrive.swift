import JSONBytes
package import TimerModel

// Commands whose bodies may be left out.
extension CommandDecoder {
  /// Decodes a fire, which has nothing to say.
  ///
  /// - Parameter body: no bytes, or an empty object.
  package func decodeFire(
    body: [UInt8], groupID: String, timerID: String
  ) throws(CommandError) -> FireTimer {
    var list = ViolationList()
    let key = TimerKey(groupID: groupID, timerID: timerID)
    Self.check(key, timerIDAt: .root.member("timerId"), &list)
    if !body.isEmpty { _ = JSONObjectReader(try parse(body), at: .root, allowed: [], &list) }
    guard list.isEmpty else { throw .invalid(list.violations) }
    return FireTimer(key: key)
  }

  /// Decodes a redrive; null returns `retryPolicy` to the service's default.
  ///
  /// - Parameters:
  ///   - body: no bytes, or an object.
  ///   - groupID: the group from the path.
  ///   - timerID: the timer from the path.
  ///   - now: what the horizon counts from.
  package func decodeRedrive(
    body: [UInt8], groupID: String, timerID: String, now: Timestamp
  ) throws(CommandError) -> RedriveTimer {
    var list = ViolationList()
    let key = TimerKey(groupID: groupID, timerID: timerID)
    Self.check(key, timerIDAt: .root.member("timerId"), &list)
    var redrive = RedriveTimer(key: key)
    if !body.isEmpty {
      let members = JSONObjectReader(try parse(body), at: .root, allowed: Self.redriveMembers, &list)
      redrive = try self.redrive(key, by: members, now: now, &list)
    }
    guard list.isEmpty else { throw .invalid(list.violations) }
    return redrive
  }

  /// The members of a redrive.
  static let redriveMembers = ["executeAt", "retryPolicy"]

  /// Reads the members of a redrive.
  func redrive(
    _ key: TimerKey, by members: JSONObjectReader, now: Timestamp, _ list: inout ViolationList
  ) throws(CommandError) -> RedriveTimer {
    if members.value("executeAt")?.kind == .null {
      list.add(members.pointer.member("executeAt"), "must not be null; omit it to redrive at once")
    }
    let changes = try fields(of: members, now: now, &list)
    return RedriveTimer(
      key: key, executeAt: changes.executeAt, retryPolicy: changes.retryPolicy, gaps: changes.gaps)
  }
}
