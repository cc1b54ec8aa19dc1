import HTTPTypes
import Hummingbird
import TimerWire

/// Rejects methods (RFC 9110, sections 9.1, 15.5.6 and 15.6.2). Methods are case-sensitive.
enum MethodRule {
  /// Methods that this server knows although no path has them.
  private static let known: Set = ["TRACE", "QUERY"]

  /// Lets a method pass that the path has.
  ///
  /// - Throws: `APIError`: 405 for a known method, 501 for another one.
  static func check(_ method: HTTPRequest.Method, at route: Route) throws(APIError) {
    let name = method.rawValue
    if route.methods.contains(name) { return }
    guard known.contains(name) || Route.allMethods.contains(name) else {
      throw APIError(.notImplemented, detail: "The method is not implemented.")
    }
    let allowed = route.methods.joined(separator: ", ")
    throw APIError(.methodNotAllowed, detail: "Allowed methods: \(allowed).", headers: [.allow: allowed])
  }
}

extension Response {
  /// The answer to `OPTIONS *`.
  static func allowing(_ methods: [String]) -> Response {
    var response = Response(status: .noContent, headers: [.allow: methods.joined(separator: ", ")])
    // RFC 9110, section 8.6: an answer without content has no length either.
    response.headers[.contentLength] = nil
    return response
  }
}
