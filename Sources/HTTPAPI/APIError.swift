import HTTPTypes
import TimerWire

/// A problem document with the headers of its answer. Thrown by routes, written by the responder.
struct APIError: Error {
  static let contentType = "application/problem+json"

  var document: ProblemDocument
  var headers: HTTPFields = [:]

  init(_ document: ProblemDocument, headers: HTTPFields = [:]) {
    self.document = document
    self.headers = headers
  }

  init(
    _ kind: ProblemKind, detail: String, violations: [Violation] = [], headers: HTTPFields = [:]
  ) {
    self.init(ProblemDocument(kind, detail: detail, violations: violations), headers: headers)
  }

  var kind: ProblemKind { document.kind }

  func json(instance: String?) -> [UInt8] { document.json(instance: instance) }
}
