import HTTPTypes
import Hummingbird
import NIOCore
import TimerModel

/// Collects the JSON bodies of requests, bounded in size; who calls it bounds its time.
struct BodyReader: Sendable {
  let maxBytes: Int
  let timeout: Duration

  func json(of request: Request) async throws -> [UInt8] {
    guard Self.isJSON(request.headers[.contentType]) else {
      throw Problem(
        .unsupportedMediaType, detail: "The body must be application/json in UTF-8.",
        headers: [.accept: "application/json"])
    }
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > maxBytes { throw tooLarge }
    do {
      return Array(try await request.body.collect(upTo: maxBytes).readableBytesView)
    } catch is NIOTooManyBytesError {
      throw tooLarge
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      // Chunks that are none, or a client that left.
      throw Problem(
        .malformedRequest, detail: "The body is not valid HTTP/1.1. Nothing was done.",
        headers: [.connection: "close"])
    }
  }

  /// A body that did not arrive in time.
  var tooSlow: Problem {
    Problem(
      .requestTimeout, detail: "The body did not arrive within \(timeout). Nothing was done.",
      headers: [.connection: "close"])
  }

  private var tooLarge: Problem {
    Problem(
      .bodyTooLarge, detail: "The body must be at most \(maxBytes) bytes.", headers: [.connection: "close"])
  }

  private static func isJSON(_ contentType: String?) -> Bool {
    guard let contentType else { return false }
    if contentType == "application/json" { return true }
    let parts = contentType.split(separator: ";").map { $0.trimmingWhitespace.lowercased() }
    guard let type = parts.first, type == "application/json" || isStructured(type) else { return false }
    return parts.dropFirst().allSatisfy { parameter in
      !parameter.hasPrefix("charset=") || ["charset=utf-8", "charset=\"utf-8\""].contains(parameter)
    }
  }

  private static func isStructured(_ type: String) -> Bool {
    type.hasPrefix("application/") && type.hasSuffix("+json")
  }
}
