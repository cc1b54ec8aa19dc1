import HTTPTypes
import Hummingbird
import NIOCore
import TimerWire

/// Collects the JSON bodies of requests, bounded in size; who calls it bounds its time.
struct BodyReader: Sendable {
  let maxBytes: Int
  let maxBatchBytes: Int
  let timeout: Duration

  /// The size of the largest body at `route`.
  func limit(of route: TimerRoute) -> Int {
    switch route {
    case .batchCreate, .batchGet, .batchCancel: maxBatchBytes
    case .collection, .timer, .attempts, .count, .groups, .fire, .redrive: maxBytes
    }
  }

  /// Returns true if the request has a body to read. Where one may be left out, its head says whether one comes (RFC 9112, section 6.3).
  func expectsBody(of request: Request, at route: TimerRoute) -> Bool {
    switch route {
    case .fire, .redrive:
      request.headers[.transferEncoding] != nil
        || request.headers[.contentLength].map { Int($0) != 0 } ?? false
    case .collection, .timer, .attempts, .count, .groups, .batchCreate, .batchGet, .batchCancel:
      [.post, .put, .patch].contains(request.method)
    }
  }

  /// The number of bytes that the body of a request may have: as it says, or as many as are allowed.
  func length(of request: Request, upTo limit: Int) -> Int {
    min(request.headers[.contentLength].flatMap { Int($0) } ?? limit, limit)
  }

  /// Reads a body whole; a client that waits for `100 Continue` gets it once nothing in the head speaks against the request.
  ///
  /// - Throws: `APIError` for what is not JSON, coded, too large or broken.
  func json(of request: Request, upTo limit: Int, from connection: any Channel) async throws -> [UInt8] {
    if request.method == .patch { try Self.checkPatch(request.headers[.contentType]) }
    try check(request.headers, limit)
    if request.headers[.expect] != nil {
      connection.triggerUserOutboundEvent(HTTPConnection.ContinueRequested(), promise: nil)
    }
    do {
      return Array(try await request.body.collect(upTo: limit).readableBytesView)
    } catch is NIOTooManyBytesError {
      throw Self.tooLarge(limit)
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      // Chunks that are not valid, or a client that left.
      throw APIError(
        .malformedRequest, detail: "The body is not valid HTTP/1.1. Nothing was changed.",
        headers: [.connection: "close"])
    }
  }

  /// A body that did not arrive in time.
  var tooSlow: APIError {
    APIError(
      .requestTimeout, detail: "The body did not arrive within \(timeout). Nothing was changed.",
      headers: [.connection: "close"])
  }

  private static func tooLarge(_ limit: Int) -> APIError {
    APIError(
      .bodyTooLarge, detail: "The body must be at most \(limit) bytes.", headers: [.connection: "close"])
  }

  private func check(_ headers: HTTPFields, _ limit: Int) throws(APIError) {
    if let codings = headers[.contentEncoding], !Self.isIdentity(codings) {
      // RFC 9110, section 12.5.3: the answer says which codings would do.
      throw APIError(
        .unsupportedMediaType, detail: "The body must not have a Content-Encoding.",
        headers: [.acceptEncoding: "identity"])
    }
    guard MediaType.isJSON(headers[.contentType]) else {
      throw APIError(
        .unsupportedMediaType, detail: "The body must be application/json in UTF-8.",
        headers: [.accept: "application/json"])
    }
    if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit {
      throw Self.tooLarge(limit)
    }
  }

  /// RFC 5789, section 2.2: the answer says which kinds of patches would do.
  private static func checkPatch(_ type: String?) throws(APIError) {
    guard MediaType.isMergePatch(type) else {
      let name = "application/merge-patch+json"
      throw APIError(
        .unsupportedMediaType, detail: "The body of a PATCH must be \(name) in UTF-8.",
        headers: [.acceptPatch: name])
    }
  }

  private static func isIdentity(_ codings: String) -> Bool {
    codings.split(separator: ",").map(\.trimmingWhitespace).allSatisfy { coding in
      coding.isEmpty || coding.lowercased() == "identity"
    }
  }
}

extension HTTPField.Name {
  /// RFC 5789, section 3.1.
  fileprivate static var acceptPatch: HTTPField.Name { HTTPField.Name("Accept-Patch") ?? .accept }
}
