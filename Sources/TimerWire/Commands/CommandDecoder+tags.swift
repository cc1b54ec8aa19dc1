import JSONBytes
import TimerModel

extension CommandDecoder {
  /// Reads the tags; null is as good as none.
  func tags(of timer: JSONObjectReader, _ list: inout ViolationList) -> [String: String] {
    guard let value = timer.nonNull("tags") else { return [:] }
    let pointer = timer.pointer.member("tags")
    guard value.kind == .object else {
      list.add(pointer, "must be an object with strings as values")
      return [:]
    }
    var (count, tags): (Int, [String: String]) = (0, [:])
    value.forEachMember { name, value in
      count += 1
      guard count <= TagRule.maxCount else { return }
      let name = name.text
      guard TagRule.allows(name: name) else {
        list.add(pointer.member(name), TagRule.nameDescription)
        return
      }
      guard let text = value.string, TagRule.allows(value: text) else {
        list.add(pointer.member(name), TagRule.valueDescription)
        return
      }
      if tags.updateValue(text, forKey: name) != nil { list.add(pointer.member(name), "must be given once") }
    }
    if count > TagRule.maxCount { list.add(pointer, "must be at most \(TagRule.maxCount) tags") }
    return tags
  }
}
