import JSONBytes

/// The parameters of a request's query, in order.
package struct QueryParameters: Sendable {
  /// One parameter; its name and value are text.
  package struct Parameter: Hashable, Sendable {
    package var name: String
    package var value: String
  }

  /// The parameters in the order of the query.
  package let all: [Parameter]

  /// Takes a query apart as browsers write it: a plus stands for a space.
  ///
  /// - Returns: nil if the percent-encoding is wrong, or not UTF-8.
  package init?(_ query: Substring) {
    var all: [Parameter] = []
    for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
      let end = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
      let rest = end < pair.endIndex ? pair[pair.index(after: end)...] : pair[end...]
      guard let name = Self.text(pair[..<end]), let value = Self.text(rest) else { return nil }
      all.append(Parameter(name: name, value: value))
    }
    self.all = all
  }

  private static func text(_ bytes: Substring.UTF8View.SubSequence) -> String? {
    let spaced = bytes.lazy.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }
    return PercentEncoding.decode(spaced).flatMap { String(validating: $0, as: UTF8.self) }
  }
}

/// The reason why parameters are not a valid query.
package struct QueryError: Error, Hashable, Sendable {
  /// The rules that they break; a pointer is the name of a parameter, as a member of an object with them.
  package var violations: [Violation]
}
