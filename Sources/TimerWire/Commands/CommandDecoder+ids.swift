import JSONBytes
package import TimerModel

extension CommandDecoder {
  /// Decodes the ids of one request.
  ///
  /// - Parameters:
  ///   - body: an object with `ids`, an array of timer ids.
  ///   - groupID: the group from the path.
  /// - Returns: for each id, in order, the timer that it names or what is wrong with it.
  /// - Throws: `CommandError` if there is something wrong with the request as a whole.
  package func decodeIDs(
    body: [UInt8], groupID: String
  ) throws(CommandError) -> [Result<TimerKey, CommandError>] {
    var list = ViolationList()
    Self.checkGroup(groupID, &list)
    let reader = JSONObjectReader(try parse(body), at: .root, allowed: ["ids"], &list)
    let pointer = JSONPointer.root.member("ids")
    // One more than the limit is enough to know; a body may have millions.
    let ids = reader.value("ids")?.elements(upTo: limits.maxBatchSize + 1)
    if !(1...limits.maxBatchSize).contains(ids?.count ?? 0) {
      list.add(pointer, "must be an array of 1 to \(limits.maxBatchSize) ids")
    }
    guard let ids, list.isEmpty else { throw .invalid(list.violations) }
    return ids.enumerated().map { position, id in
      guard let text = id.string, IDRule.allows(text) else {
        let place = pointer.member("\(position)").description
        return .failure(.invalid([Violation(pointer: place, detail: IDRule.description)]))
      }
      return .success(TimerKey(groupID: groupID, timerID: text))
    }
  }
}
