import JSONBytes
package import TimerModel

/// The text form in which stores keep a message's headers: an array of names and values in turn, in their order.
package enum StoredHeaders {
  /// Encodes headers as JSON.
  package static func encode(_ headers: [Header]) -> String {
    var json = JSONWriter(capacity: 64 * headers.count + 2)
    json.array { json in
      for header in headers {
        json.string(header.name)
        json.string(header.value)
      }
    }
    return json.text
  }

  /// Decodes what `encode` made.
  ///
  /// - Throws: `StoreError` with code `incompatible` for anything else.
  package static func decode(_ text: String) throws(StoreError) -> [Header] {
    guard let elements = try StoredJSON.parse(text, of: "header").elements, elements.count % 2 == 0 else {
      throw StoredJSON.unreadable("header")
    }
    let texts = elements.compactMap(\.string)
    guard texts.count == elements.count else { throw StoredJSON.unreadable("header") }
    return stride(from: 0, to: texts.count, by: 2).map { Header(name: texts[$0], value: texts[$0 + 1]) }
  }
}
