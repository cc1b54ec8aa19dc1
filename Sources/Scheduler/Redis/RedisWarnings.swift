/// Tells operators what is wrong or cannot be checked although the index works: one sentence for each topic, the latest.
struct RedisWarnings: Sendable {
  enum Topic: Int, Sendable { case eviction, role, slots, wiping }

  private var texts: [Topic: String] = [:]

  /// All of it on one line; nil if there is nothing to say.
  var text: String? {
    texts.isEmpty
      ? nil : texts.sorted { $0.key.rawValue < $1.key.rawValue }.map(\.value).joined(separator: "; ")
  }

  /// Replaces what was said of a topic; returns true if this has not been said yet.
  mutating func set(_ text: String?, for topic: Topic) -> Bool {
    defer { texts[topic] = text }
    return text != nil && texts[topic] != text
  }
}
