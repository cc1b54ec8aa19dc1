import JSONBytes
package import TimerModel

/// The text form in which stores keep a timer's tags: an object with its members by name.
package enum StoredTags {
  /// Encodes tags as JSON; nil if there are none, which most timers have.
  package static func encode(_ definition: TimerDefinition) -> String? {
    guard !definition.tags.isEmpty else { return nil }
    var json = JSONWriter(capacity: 64 * definition.tags.count)
    json.object { json in
      for tag in definition.sortedTags {
        json.name(text: tag.name)
        json.string(tag.value)
      }
    }
    return json.text
  }

  /// Decodes what `encode` made.
  ///
  /// - Throws: `StoreError` with code `incompatible` for anything else.
  package static func decode(_ text: String) throws(StoreError) -> [String: String] {
    let members = try StoredJSON.members(text, of: "tag")
    let tags = members.compactMapValues(\.string)
    guard tags.count == members.count else { throw StoredJSON.unreadable("tag") }
    return tags
  }
}
