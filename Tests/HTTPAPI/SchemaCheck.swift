import Foundation
import TimerModel

/// Checks values against the part of OpenAPI's schemas that `api.yaml` uses; an unknown keyword is a complaint.
struct SchemaCheck {
  let root: [String: Any]

  private static let keywords: Set = [
    "type", "nullable", "enum", "required", "properties", "additionalProperties", "items", "allOf", "pattern",
    "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "maxProperties", "format",
    "description", "example",
  ]

  func complaints(about value: Any, against reference: Any, at place: String) throws -> [String] {
    let schema = try APIContract.resolve(reference, in: root)
    var found = Set(schema.keys).subtracting(Self.keywords).map { "\(place): the schema says \($0)" }
    for part in schema["allOf"] as? [Any] ?? [] {
      found += try complaints(about: value, against: part, at: place)
    }
    if value is NSNull { return found + (schema["nullable"] as? Bool == true ? [] : ["\(place) is null"]) }
    if let type = schema["type"] as? String, !Self.isType(type, value) {
      return found + ["\(place) is not a valid \(type)"]
    }
    if let allowed = schema["enum"] as? [String], !allowed.contains(value as? String ?? "") {
      found.append("\(place) is \(value), which is not listed")
    }
    switch value {
    case let text as String: found += Self.complaints(about: text, schema, place)
    case let object as [String: Any]: found += try complaints(about: object, schema, place)
    case let elements as [Any]: found += try complaints(about: elements, schema, place)
    case let number as NSNumber: found += Self.complaints(about: number.doubleValue, schema, place)
    default: break
    }
    return found
  }

  private static func isType(_ type: String, _ value: Any) -> Bool {
    switch type {
    case "object": value is [String: Any]
    case "array": value is [Any]
    case "string": value is String
    case "boolean": value is Bool
    case "integer": (value as? NSNumber).map { $0.doubleValue.rounded() == $0.doubleValue } ?? false
    default: value is NSNumber
    }
  }

  private static func complaints(about text: String, _ schema: [String: Any], _ place: String) -> [String] {
    var found: [String] = []
    if let pattern = schema["pattern"] as? String,
      text.range(of: pattern, options: .regularExpression) == nil
    {
      found.append("\(place) is \(text), which is not like \(pattern)")
    }
    if text.unicodeScalars.count > schema["maxLength"] as? Int ?? .max {
      found.append("\(place) is too long")
    }
    if text.unicodeScalars.count < schema["minLength"] as? Int ?? 0 { found.append("\(place) is too short") }
    if schema["format"] as? String == "date-time", (try? Timestamp(rfc3339: text)) == nil {
      found.append("\(place) is not a date-time")
    }
    return found
  }

  private static func complaints(about number: Double, _ schema: [String: Any], _ place: String) -> [String] {
    let range = (schema["minimum"] as? Int ?? .min, schema["maximum"] as? Int ?? .max)
    return number < Double(range.0) || number > Double(range.1) ? ["\(place) is \(number)"] : []
  }

  private func complaints(
    about object: [String: Any], _ schema: [String: Any], _ place: String
  ) throws -> [String] {
    let properties = schema["properties"] as? [String: Any] ?? [:]
    var found = (schema["required"] as? [String] ?? []).filter { object[$0] == nil }
      .map { "\(place) lacks \($0)" }
    for (name, value) in object {
      if let property = properties[name] {
        found += try complaints(about: value, against: property, at: "\(place)/\(name)")
      } else if let others = schema["additionalProperties"] as? [String: Any] {
        found += try complaints(about: value, against: others, at: "\(place)/\(name)")
      } else if schema["additionalProperties"] as? Bool == false {
        found.append("\(place) has the undocumented \(name)")
      }
    }
    return found
  }

  private func complaints(
    about elements: [Any], _ schema: [String: Any], _ place: String
  ) throws -> [String] {
    var found: [String] = []
    if elements.count < schema["minItems"] as? Int ?? 0 || elements.count > schema["maxItems"] as? Int ?? .max
    {
      found.append("\(place) has \(elements.count) elements")
    }
    guard let items = schema["items"] else { return found }
    for (index, element) in elements.enumerated() {
      found += try complaints(about: element, against: items, at: "\(place)/\(index)")
    }
    return found
  }
}
