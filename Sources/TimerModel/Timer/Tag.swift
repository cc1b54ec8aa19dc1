/// One tag of a timer, as a filter names it.
public struct Tag: Hashable, Sendable {
  /// The name, which keeps `TagRule`.
  public var name: String
  /// The value, which may be empty.
  public var value: String

  /// Creates a tag; does not check its parts.
  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }

  /// Takes apart what `description` wrote: the first colon splits. Nil for a text without one, and for parts that break `TagRule`.
  public init?(_ text: String) {
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    self.init(name: String(text[..<colon]), value: String(text[text.utf8.index(after: colon)...]))
    guard TagRule.allows(name: name), TagRule.allows(value: value) else { return nil }
  }
}

extension Tag: Comparable {
  /// Orders by name, then value.
  public static func < (a: Tag, b: Tag) -> Bool { (a.name, a.value) < (b.name, b.value) }
}

extension Tag: CustomStringConvertible {
  /// The tag as filters and stores write it: `name:value`. Names have no colon.
  public var description: String { "\(name):\(value)" }
}

extension TimerDefinition {
  /// The tags one by one, by name.
  public var sortedTags: [Tag] { tags.map { Tag(name: $0.key, value: $0.value) }.sorted() }
}
