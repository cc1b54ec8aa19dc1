import JSONBytes
import TimerModel

/// Reads the members of one object, noting in a list what is wrong with them.
///
/// It keeps the members that are known and no others: however many there are, reading them takes time and room in proportion to their
/// bytes.
struct JSONObjectReader {
  let pointer: JSONPointer
  private let allowed: [String]
  /// For each of `allowed` its first value.
  private var values: [JSONText?]

  /// Takes the members of `text`; those that are not in `allowed`, or come twice, are violations.
  init(_ text: JSONText, at pointer: JSONPointer, allowed: [String], _ list: inout ViolationList) {
    self.pointer = pointer
    self.allowed = allowed
    values = Array(repeating: nil, count: allowed.count)
    guard text.kind == .object else {
      list.add(pointer, "must be an object")
      return
    }
    text.forEachMember { name, value in
      guard let place = allowed.firstIndex(where: { name.is($0) }) else {
        list.add(pointer.member(name.text), Self.unknown(allowed))
        return
      }
      if values[place] == nil {
        values[place] = value
      } else {
        list.add(pointer.member(allowed[place]), "must be given once")
      }
    }
  }

  private static func unknown(_ allowed: [String]) -> String {
    let known = allowed.isEmpty ? "none is known" : "known are \(allowed.sorted().joined(separator: ", "))"
    return "is unknown; \(known)"
  }

  /// The member's value, null included; nil if it is absent. Of several with one name it is the first.
  func value(_ name: String) -> JSONText? {
    // Lengths first: comparing different strings of one length costs ten times as much.
    let length = name.utf8.count
    for place in allowed.indices where allowed[place].utf8.count == length && allowed[place] == name {
      return values[place]
    }
    return nil
  }

  /// The member's value; nil if it is absent or null.
  func nonNull(_ name: String) -> JSONText? { value(name).flatMap { $0.kind == .null ? nil : $0 } }

  func string(_ name: String, _ list: inout ViolationList) -> String? {
    guard let value = nonNull(name) else { return nil }
    guard value.kind == .string else {
      list.add(pointer.member(name), "must be a string")
      return nil
    }
    guard let string = value.string else {
      list.add(pointer.member(name), "must be Unicode text; it has a lone surrogate")
      return nil
    }
    return string
  }

  func integer(_ name: String, in range: ClosedRange<Int>, _ list: inout ViolationList) -> Int? {
    guard let value = nonNull(name) else { return nil }
    guard let integer = value.integer, let exact = Int(exactly: integer), range.contains(exact) else {
      list.add(
        pointer.member(name), "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return exact
  }

  func number(_ name: String, in range: ClosedRange<Double>, _ list: inout ViolationList) -> Double? {
    guard let value = nonNull(name) else { return nil }
    guard let number = value.number, range.contains(number) else {
      list.add(pointer.member(name), "must be a number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return number
  }

  func duration(_ name: String, in range: ClosedRange<Duration>, _ list: inout ViolationList) -> Duration? {
    guard let value = nonNull(name) else { return nil }
    guard let duration = value.string.flatMap({ Duration(text: $0) }), range.contains(duration) else {
      list.add(
        pointer.member(name),
        "must be a duration such as \"30s\" or \"1m30s\", from \(range.lowerBound.text) to \(range.upperBound.text)"
      )
      return nil
    }
    return duration
  }
}
