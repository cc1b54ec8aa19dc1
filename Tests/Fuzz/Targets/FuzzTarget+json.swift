import JSONBytes

@testable import KafkaClient

extension FuzzTarget {
  /// JSON as such, and librdkafka's statistics.
  static let json = FuzzTarget(name: "json", maxBytes: 1024) { bytes in
    _ = KafkaStatistics(json: bytes)
    guard let text = try? JSONText(bytes, maxDepth: 64) else { return }
    try walk(text)
  }

  private static func walk(_ text: JSONText) throws {
    switch text.kind {
    case .object: for (_, value) in text.members ?? [] { try walk(value) }
    case .array: for value in text.elements ?? [] { try walk(value) }
    case .string:
      guard let string = text.string else { return }
      var writer = JSONWriter()
      writer.string(string)
      let again = try JSONText(writer.finish(), maxDepth: 1)
      try BrokenRule.unless(again.string == string, "a string is written otherwise than it was read")
    case .number:
      guard let integer = text.integer else { return }
      var writer = JSONWriter()
      writer.integer(integer)
      let again = try JSONText(writer.finish(), maxDepth: 1)
      try BrokenRule.unless(again.integer == integer, "\(integer) is written otherwise than it was read")
    case .boolean: try BrokenRule.unless(text.boolean != nil, "a boolean has no value")
    case .null: return
    }
  }
}
