import JSONBytes
package import TimerModel

extension CommandDecoder {
  /// Decodes the creations of one request.
  ///
  /// - Parameters:
  ///   - body: an object with `timers`, an array of creations as `decodeCreate` takes them.
  ///   - groupID: the group from the path.
  ///   - now: what the horizon counts from.
  ///   - traceContext: the trace of the request.
  /// - Returns: for each creation, in order, the command or what is wrong with it.
  /// - Throws: `CommandError` if there is something wrong with the request as a whole.
  package func decodeCreates(
    body: [UInt8], groupID: String, now: Timestamp, traceContext: TraceContext? = nil
  ) throws(CommandError) -> [Result<CreateTimer, CommandError>] {
    var list = ViolationList()
    Self.checkGroup(groupID, &list)
    // The object and the array are around each creation.
    let reader = JSONObjectReader(try parse(body, depth: 2), at: .root, allowed: ["timers"], &list)
    let pointer = JSONPointer.root.member("timers")
    // One more than the limit is enough to know; a body may have millions.
    let timers = reader.value("timers")?.elements(upTo: limits.maxBatchSize + 1)
    if !(1...limits.maxBatchSize).contains(timers?.count ?? 0) {
      list.add(pointer, "must be an array of 1 to \(limits.maxBatchSize) timers")
    }
    guard let timers, list.isEmpty else { throw .invalid(list.violations) }
    let circumstances = Circumstances(groupID: groupID, now: now, traceContext: traceContext)
    return timers.enumerated().map { position, timer in
      Result { () throws(CommandError) in
        try decodeCreate(timer, at: pointer.member("\(position)"), circumstances)
      }
    }
  }

  private func decodeCreate(
    _ timer: JSONText, at pointer: JSONPointer, _ circumstances: Circumstances
  ) throws(CommandError) -> CreateTimer {
    var list = ViolationList()
    let command = try create(
      timer, at: pointer, circumstances, generatedID: FiringID.random().description, &list)
    guard let command, list.isEmpty else { throw .invalid(list.violations) }
    return command
  }
}
