import TimerModel

/// Reads parameters by their names, noting in a list what is wrong with them.
struct ParameterReader {
  private let given: [String: [String]]
  private var list = ViolationList()

  /// Takes the parameters; those that are not `known` are violations.
  init(_ parameters: QueryParameters, known: [String]) {
    given = Dictionary(grouping: parameters.all, by: \.name).mapValues { $0.map(\.value) }
    var unknown: Set<String> = []
    for parameter in parameters.all
    where !known.contains(parameter.name) && unknown.insert(parameter.name).inserted {
      add(parameter.name, "is unknown; known are \(known.sorted().joined(separator: ", "))")
    }
  }

  /// Notes a rule that a parameter breaks.
  mutating func add(_ name: String, _ detail: String) { list.add(.root.member(name), detail) }

  /// Throws what was noted, if anything was.
  func check() throws(QueryError) {
    if !list.isEmpty { throw QueryError(violations: list.violations) }
  }

  /// Reads a parameter that may come several times; `rule` is said of a value that `read` does not take.
  mutating func values<Value>(_ name: String, _ rule: String, _ read: (String) -> Value?) -> [Value] {
    let texts = given[name] ?? []
    let found = texts.compactMap(read)
    if found.count < texts.count { add(name, rule) }
    return found
  }

  /// Reads a parameter that comes once at most.
  mutating func value<Value>(_ name: String, _ rule: String, _ read: (String) -> Value?) -> Value? {
    guard let texts = given[name], let text = texts.first else { return nil }
    guard texts.count == 1 else {
      add(name, "must be given once")
      return nil
    }
    guard let value = read(text) else {
      add(name, rule)
      return nil
    }
    return value
  }

  mutating func time(_ name: String) -> Timestamp? {
    value(name, "must be an RFC 3339 date-time such as 2026-11-23T15:30:00Z") { text in
      // A plus that was not escaped.
      try? Timestamp(rfc3339: text.replacing(" ", with: "+"))
    }
  }

  mutating func order(_ name: String) -> TimerOrder? {
    let fields = TimerOrder.Field.allCases.map(\.rawValue).joined(separator: ", ")
    return value(name, "must be one of \(fields), alone or with desc behind it") { text in
      let words = text.split(separator: " ", omittingEmptySubsequences: false)
      guard let field = words.first.flatMap({ TimerOrder.Field(rawValue: String($0)) }) else { return nil }
      switch words.dropFirst().map({ String($0) }) {
      case [], ["asc"]: return TimerOrder(field)
      case ["desc"]: return TimerOrder(field, isDescending: true)
      default: return nil
      }
    }
  }

  mutating func grouping(_ name: String) -> CountGrouping? {
    value(name, "must be status, destination or tag:name") { text in
      switch text {
      case "status": return .status
      case "destination": return .destination
      default:
        let tag = text.dropFirst(4)
        return text.hasPrefix("tag:") && TagRule.allows(name: String(tag)) ? .tag(String(tag)) : nil
      }
    }
  }

  /// Reads the size of a page; a size of zero, and none, is the default, and one that is too large is lowered.
  mutating func pageSize(_ name: String) -> Int {
    let size = value(name, "must be a whole number from 0") { text -> Int? in
      guard (1...100).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
        return nil
      }
      return min(Int(text) ?? .max, QueryDecoder.maxPageSize)
    }
    return size.flatMap { $0 > 0 ? $0 : nil } ?? QueryDecoder.defaultPageSize
  }

  mutating func position(_ name: String, _ fingerprint: UInt64) -> ScanPosition? {
    // AIP-158: an empty token asks for the first page.
    guard given[name] != [""] else { return nil }
    return value(name, "must be the nextPageToken of a page with the same other parameters") {
      PageToken.decode($0, fingerprint)
    }
  }
}
