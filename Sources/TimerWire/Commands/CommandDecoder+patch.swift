import JSONBytes
package import TimerModel

extension CommandDecoder {
  /// Decodes a merge patch (RFC 7396) of a timer as it is now: objects are merged into those that it has, down to the members of its
  /// payload, and null removes a member. What the timer leaves to the service is not there to be merged into.
  ///
  /// - Returns: an update that sets the members which the patch names.
  package func decodePatch(
    body: [UInt8], of timer: Timer, now: Timestamp
  ) throws(CommandError) -> UpdateTimer {
    let patch = try parse(body)
    let definition = timer.definition
    var json = JSONWriter(capacity: body.count + (definition.payload?.count ?? 0) + 256)
    var unreadable: CommandError?
    json.object { json in
      patch.forEachMember { name, value in
        json.name(text: name.text)
        do throws(CommandError) {
          json.raw(try merged(value, into: name.text, of: definition))
        } catch {
          unreadable = error
          json.null()
        }
      }
    }
    if let unreadable { throw unreadable }
    var list = ViolationList()
    let changes = try self.changes(try parse(json.finish()), at: .root, now: now, &list)
    guard list.isEmpty else { throw .invalid(list.violations) }
    return UpdateTimer(key: timer.key, changes: changes)
  }

  private func merged(
    _ value: JSONText, into name: String, of definition: TimerDefinition
  ) throws(CommandError) -> [UInt8] {
    guard value.kind == .object, let part = Self.json(name, of: definition) else {
      // Nulls inside of an object that comes are not there.
      return JSONMergePatch.merge(value, into: nil)
    }
    let target: JSONText
    do { target = try JSONText(part, maxDepth: limits.maxDepth + 1) } catch { throw .unreadable(error) }
    return JSONMergePatch.merge(value, into: target)
  }

  /// Returns a member of a definition as a client would have sent it; nil if the definition lacks it.
  private static func json(_ name: String, of definition: TimerDefinition) -> [UInt8]? {
    var json = JSONWriter()
    switch name {
    case "payload": return definition.payload
    case "destination": json.destination(definition.destination, hasTopic: !definition.gaps.contains(.topic))
    case "retryPolicy":
      guard let policy = definition.retryPolicy else { return nil }
      write(policy, but: definition.gaps, to: &json)
    case "tags": json.tagMembers(definition)
    default: return nil
    }
    return json.finish()
  }

  private static func write(
    _ policy: RetryPolicy, but gaps: TimerDefinition.Gaps, to json: inout JSONWriter
  ) {
    json.object { json in
      if !gaps.contains(.maxAttempts) { json.member("maxAttempts", policy.maxAttempts) }
      if !gaps.contains(.maxAttemptsDuration) {
        json.member("maxAttemptsDuration", policy.maxAttemptsDuration?.text)
      }
      if !gaps.contains(.initialInterval) { json.member("initialInterval", policy.initialInterval.text) }
      if !gaps.contains(.backoffMultiplier) { json.member("backoffMultiplier", policy.backoffMultiplier) }
      if !gaps.contains(.maxInterval) { json.member("maxInterval", policy.maxInterval.text) }
    }
  }
}
