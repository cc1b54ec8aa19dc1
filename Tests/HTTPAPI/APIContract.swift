import Foundation
import Yams

/// `api.yaml`, as far as a test needs it: which answers each operation has, and what they look like.
struct APIContract {
  /// One operation and one status that it may answer with.
  struct Answer: Hashable, Comparable, CustomStringConvertible {
    let operation: String
    let status: Int

    var description: String { "\(operation) \(status)" }

    static func < (a: Answer, b: Answer) -> Bool { a.description < b.description }
  }

  private let root: [String: Any]
  private let responses: [Answer: [String: Any]]

  struct Malformed: Error {}

  /// Reads the file at the root of the repository.
  init() throws {
    let file = URL(filePath: #filePath).appending(path: "../../../api.yaml").standardized
    guard let root = try Yams.load(yaml: String(contentsOf: file, encoding: .utf8)) as? [String: Any],
      let paths = root["paths"] as? [String: [String: Any]]
    else { throw Malformed() }
    var responses: [Answer: [String: Any]] = [:]
    for operations in paths.values {
      for case let operation as [String: Any] in operations.values {
        let name = operation["operationId"] as? String ?? ""
        for (status, response) in operation["responses"] as? [String: Any] ?? [:] {
          guard let status = Int(status) else { throw Malformed() }
          let resolved = try Self.resolve(response, in: root)
          responses[Answer(operation: name, status: status)] = resolved
        }
      }
    }
    self.root = root
    self.responses = responses
  }

  /// All documented answers.
  var answers: Set<Answer> { Set(responses.keys) }

  /// Returns the ways in which an answer differs from the documents.
  func complaints(
    about answer: Answer, headers: [(name: String, value: String)], body: [UInt8]
  ) throws -> [String] {
    guard let response = responses[answer] else { return ["\(answer) is not documented"] }
    var complaints = try headerComplaints(response, headers)
    let content = response["content"] as? [String: [String: Any]] ?? [:]
    let type = headers.first { $0.name.lowercased() == "content-type" }?.value.split(separator: ";").first
    if content.isEmpty {
      if !body.isEmpty { complaints.append("has a body") }
    } else if let type, let media = content[String(type)] {
      if type.hasSuffix("json"), let schema = media["schema"] {
        let value = try JSONSerialization.jsonObject(with: Data(body), options: .fragmentsAllowed)
        complaints += try SchemaCheck(root: root).complaints(about: value, against: schema, at: "#")
      }
    } else {
      complaints.append("has the undocumented type \(type ?? "(none)")")
    }
    return complaints.map { "\(answer): \($0)" }
  }

  private func headerComplaints(
    _ response: [String: Any], _ headers: [(name: String, value: String)]
  ) throws -> [String] {
    try (response["headers"] as? [String: Any] ?? [:]).flatMap { name, reference -> [String] in
      let header = try Self.resolve(reference, in: root)
      guard let value = headers.first(where: { $0.name.lowercased() == name.lowercased() })?.value else {
        return header["required"] as? Bool == true ? ["lacks the header \(name)"] : []
      }
      guard let schema = header["schema"] as? [String: Any] else { return [] }
      let isInteger = schema["type"] as? String == "integer"
      let typed: Any = isInteger ? Int(value).map { $0 as Any } ?? value : value
      return try SchemaCheck(root: root).complaints(about: typed, against: schema, at: name)
    }
  }

  static func resolve(_ value: Any, in root: [String: Any]) throws -> [String: Any] {
    guard let object = value as? [String: Any] else { throw Malformed() }
    guard let reference = object["$ref"] as? String else { return object }
    var place: Any = root
    for step in reference.dropFirst(2).split(separator: "/") {
      guard let next = (place as? [String: Any])?[String(step)] else { throw Malformed() }
      place = next
    }
    return try resolve(place, in: root)
  }
}
