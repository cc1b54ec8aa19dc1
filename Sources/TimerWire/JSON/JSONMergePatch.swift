import JSONBytes

/// Applies merge patches (RFC 7396) to JSON texts. Values that stay or come are copied byte by byte, never decoded and encoded again.
enum JSONMergePatch {
  /// Returns `target` with the changes that `patch` asks for; nil, and another kind than an object, count as an empty object. Of several
  /// members with one name the last counts. A patch that changes nothing returns the bytes of `target`, so that it may be repeated.
  static func merge(_ patch: JSONText, into target: JSONText?) -> [UInt8] {
    guard let changes = patch.members else { return Array(patch.bytes) }
    let kept = target?.members ?? []
    let (changed, known) = (byName(changes), byName(kept))
    var isSame = target?.kind == .object
    var merged: [(name: String, value: [UInt8])] = []
    var seen: Set<String> = []
    for (name, _) in kept + changes where seen.insert(name).inserted {
      let (before, change) = (known[name], changed[name])
      if change?.kind == .null {
        if before != nil { isSame = false }
      } else if let value = change.map({ merge($0, into: before) }) ?? before.map({ Array($0.bytes) }) {
        if before?.bytes.elementsEqual(value) != true { isSame = false }
        merged.append((name, value))
      }
    }
    if isSame, let target { return Array(target.bytes) }
    return object(merged)
  }

  private static func byName(_ members: [(name: String, value: JSONText)]) -> [String: JSONText] {
    Dictionary(members.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
  }

  private static func object(_ members: [(name: String, value: [UInt8])]) -> [UInt8] {
    var json = JSONWriter(capacity: members.reduce(16) { $0 + $1.name.utf8.count + $1.value.count + 4 })
    json.object { json in
      for (name, value) in members {
        json.name(text: name)
        json.raw(value)
      }
    }
    return json.finish()
  }
}
