/// One property of librdkafka.
package struct KafkaProperty: Hashable, Sendable {
  /// Its name, such as `sasl.mechanisms`.
  package var name: String
  package var value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// True if the value must not be shown. Every URL is secret: it may contain a password, and an unescaped comma cuts that password in two.
  package var isSecret: Bool {
    let name = name.lowercased()
    return value.contains("://")
      || ["password", "secret", ".pem", "oauthbearer.config", "jaas", "credential"].contains {
        name.contains($0)
      }
  }
}

/// Properties of librdkafka, written `name=value,name=value`; a comma within a value is written `\,`.
package struct KafkaProperties: Hashable, Sendable {
  /// A text that is not a valid list of properties.
  package struct ParseError: Error, Hashable, Sendable {
    /// In words that follow the setting's name.
    package var detail: String
  }

  /// The properties, in order.
  package private(set) var all: [KafkaProperty] = []

  /// Creates an empty list.
  package init() {}

  /// Reads a list.
  ///
  /// - Throws: `ParseError` for an item that is not `name=value`, and for a property that the service sets itself.
  package init(_ text: String) throws(ParseError) {
    for item in Self.items(of: text) {
      guard let separator = item.firstIndex(of: "="), separator > item.startIndex else {
        throw ParseError(
          detail: "name=value pairs, separated by commas; a comma within a value is written \\,")
      }
      let name = String(item[..<separator])
      guard !Self.reserved.contains(name) else {
        throw ParseError(detail: "without \(name), which the service sets itself")
      }
      all.append(KafkaProperty(name, String(item[item.index(after: separator)...])))
    }
  }

  /// The list as people may see it. What is not a property of librdkafka may be the rest of a password that has a comma in it.
  package static func redacted(_ text: String) -> String {
    items(of: text).map { item in
      let name = String(item.prefix { $0 != "=" })
      guard item.count > name.count, KafkaHandle.knows(name) else { return "(redacted)" }
      let value = String(item.dropFirst(name.count + 1))
      let shown = KafkaProperty(name, value).isSecret ? "\(name)=(redacted)" : item
      return shown.replacing(",", with: "\\,")
    }.joined(separator: ",")
  }

  private static let reserved: Set = [
    "bootstrap.servers", "metadata.broker.list", "group.id", "enable.auto.commit", "auto.commit.enable",
    "enable.auto.offset.store",
    "log.queue",
  ]

  private static func items(of text: String) -> [String] {
    var items: [String] = []
    var item = ""
    var isEscaped = false
    for character in text {
      switch character {
      case "," where !isEscaped:
        items.append(item)
        item = ""
      case "," where isEscaped: item.append(",")
      case "\\" where !isEscaped:
        isEscaped = true
        continue
      default:
        if isEscaped { item.append("\\") }
        item.append(character)
      }
      isEscaped = false
    }
    if isEscaped { item.append("\\") }
    items.append(item)
    return items.map { String($0.trimmingPrefix(" ")) }.filter { !$0.isEmpty }
  }
}
