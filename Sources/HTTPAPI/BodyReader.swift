import HTTPTypes
import Hummingbird
import NIOCore
import TimerWire

/// Collects the JSON bodies of requests, bounded in size; who calls it bounds its time.
struct BodyReader: Sendable {
  let maxBytes: Int
  let timeout: Duration

  /// Reads a body whole; a client that waits for `100 Continue` gets it once nothing in the head speaks against the request.
  ///
  /// - Throws: `APIError` for what is not JSON, coded, too large or broken.
  func json(of request: Request, from connection: any Channel) async throws -> [UInt8] {
    try check(request.headers)
    if request.headers[.expect] != nil {
      connection.triggerUserOutboundEvent(HTTPConnection.ContinueRequested(), promise: nil)
    }
    do {
      return Array(try await request.body.collect(upTo: maxBytes).readableBytesView)
    } catch is NIOTooManyBytesError {
      throw tooLarge
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

  private var tooLarge: APIError {
    APIError(
      .bodyTooLarge, detail: "The body must be at most \(maxBytes) bytes.", headers: [.connection: "close"])
  }

  private func check(_ headers: HTTPFields) throws(APIError) {
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
    if let length = headers[.contentLength].flatMap({ Int($0) }), length > maxBytes { throw tooLarge }
  }

  private static func isIdentity(_ codings: String) -> Bool {
    codings.split(separator: ",").map(\.trimmingWhitespace).allSatisfy { coding in
      coding.isEmpty || coding.lowercased() == "identity"
    }
  }
}
