/// The rule for names of topics; Kafka's own rule.
package enum TopicRule {
  /// The rule, in words that follow a field's name.
  package static let description = "must be 1 to 249 characters out of A-Z a-z 0-9 . _ -, and not . or .."

  /// Returns true if `topic` keeps the rule.
  package static func allows(_ topic: String) -> Bool {
    (1...249).contains(topic.utf8.count) && topic != "." && topic != ".."
      && topic.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
      }
  }
}
