import KafkaClient

extension CommandOracle {
  /// Returns the differences from the store's timers and the rejected topic; at most a few of each kind.
  func complaints(rows: [String], rejected records: [KafkaRecord]) -> [String] {
    let (found, expected) = (Set(rows), self.rows)
    return Self.few("is missing", expected.subtracting(found))
      + Self.few("is too much", found.subtracting(expected)) + complaints(about: records)
  }

  private func complaints(about records: [KafkaRecord]) -> [String] {
    var kinds: [String: String] = [:]
    var doubles: [String] = []
    for record in records {
      let place = "\(record.header("timerd-partition") ?? "")/\(record.header("timerd-offset") ?? "")"
      if kinds.updateValue(Self.kind(record), forKey: place) != nil { doubles.append(place) }
    }
    let wrong = rejected.filter { kinds[$0.key] != $0.value }.map { "\($0.key) \($0.value)" }
    return Self.few("was rejected twice", doubles) + Self.few("was not rejected so", wrong)
      + Self.few("was rejected", kinds.keys.filter { rejected[$0] == nil })
  }

  private static func kind(_ record: KafkaRecord) -> String {
    let prefix = "urn:timerd:problem:"
    let parts = (record.header("timerd-problem") ?? "").split(separator: "\"")
    return parts.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) } ?? ""
  }

  private static func few(_ what: String, _ all: some Collection<String>) -> [String] {
    all.sorted().prefix(5).map { "\($0) \(what); there are \(all.count) such" }
  }
}
