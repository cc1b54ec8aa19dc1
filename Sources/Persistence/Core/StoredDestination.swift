import JSONBytes
package import TimerModel
import TimerWire

/// The text form in which stores keep a destination: that of the HTTP API, but the bare URL where that is all there is. Most
/// timers have no more, and there are many that wait.
package enum StoredDestination {
  /// Returns the bare URL of a callback without headers, and JSON for anything else.
  package static func encode(_ destination: Destination) -> String {
    // `decode` refuses any other text as a URL, and no such creation is accepted.
    if case .http(let http) = destination, http.headers.isEmpty, isURL(http.url) { return http.url }
    var json = JSONWriter()
    json.destination(destination)
    return json.text
  }

  /// Decodes what `encode` made.
  ///
  /// - Throws: `StoreError` with code `incompatible` for anything else.
  package static func decode(_ text: String) throws(StoreError) -> Destination {
    guard text.utf8.first == UInt8(ascii: "{") else {
      guard isURL(text) else { throw StoredJSON.unreadable("destination") }
      return .http(HTTPDestination(url: text))
    }
    let members = try StoredJSON.members(text, of: "destination")
    if let http = members["http"]?.fields, let url = http["url"]?.string, isURL(url) {
      return .http(HTTPDestination(url: url, headers: headers(http["headers"])))
    }
    if let kafka = members["kafka"]?.fields, let topic = kafka["topic"]?.string {
      return .kafka(
        KafkaDestination(topic: topic, key: kafka["key"]?.string, headers: headers(kafka["headers"])))
    }
    throw StoredJSON.unreadable("destination")
  }

  /// Returns true if `text` begins as every URL does that a creation may name; the rest was checked when it was taken.
  private static func isURL(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { url in
      url.count >= 4 && url[0] | 0x20 == UInt8(ascii: "h") && url[1] | 0x20 == UInt8(ascii: "t")
        && url[2] | 0x20 == UInt8(ascii: "t") && url[3] | 0x20 == UInt8(ascii: "p")
    }
  }

  private static func headers(_ text: JSONText?) -> [Header] {
    (text?.members ?? []).compactMap { name, value in
      value.string.map { Header(name: name, value: $0) }
    }
  }
}
