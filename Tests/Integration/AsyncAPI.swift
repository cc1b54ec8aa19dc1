import Foundation
import KafkaClient
import TestSupport

/// The document `asyncapi.yaml`.
enum AsyncAPI {
  private struct Subject: Encodable {
    let reference: String
    let name: String
    let json: String
  }

  /// Says what the document has against records as the messages that they are said to be.
  static func complaints(about records: [(message: String, record: KafkaRecord)]) async throws -> [String] {
    var subjects: [Subject] = []
    for (message, record) in records {
      let headers = Dictionary(
        record.headers.map { ($0.name, $0.text ?? "") }, uniquingKeysWith: { "\($0), \($1)" })
      let json = String(decoding: try JSONEncoder().encode(headers), as: UTF8.self)
      let place = "#/components/messages/\(message)"
      subjects.append(Subject(reference: "\(place)/headers", name: "headers of \(message)", json: json))
      if let problem = headers["timerd-problem"] {
        subjects.append(Subject(reference: "#/components/schemas/Problem", name: "problem", json: problem))
      } else {
        let value = record.value.map { String(decoding: $0, as: UTF8.self) } ?? "null"
        subjects.append(Subject(reference: "\(place)/payload", name: "payload of \(message)", json: value))
      }
    }
    return try await complaints(about: subjects)
  }

  /// Says what the document has against a JSON text as one of its schemas.
  static func complaints(about json: String, as schema: String) async throws -> [String] {
    try await complaints(
      about: [Subject(reference: "#/components/schemas/\(schema)", name: schema, json: json)])
  }

  private static func complaints(about subjects: [Subject]) async throws -> [String] {
    let program = """
      import json, sys, yaml, jsonschema
      root = yaml.safe_load(open(sys.argv[1]))
      for subject in json.load(open(sys.argv[2])):
          schema = {"$ref": subject["reference"], "components": root["components"]}
          for error in jsonschema.Draft202012Validator(schema).iter_errors(json.loads(subject["json"])):
              print(subject["name"] + ":", error.json_path, error.message[:300].replace("\\n", " "))
      """
    let file = PythonTools.root.appending(path: "asyncapi.yaml").path
    let list = FileManager.default.temporaryDirectory.appending(path: "timerd-records-\(UUID().uuidString)")
    try JSONEncoder().encode(subjects).write(to: list)
    defer { try? FileManager.default.removeItem(at: list) }  // What remains is in the temporary directory.
    return try await PythonTools.run(program, [file, list.path]).split(separator: "\n").map { String($0) }
  }
}
