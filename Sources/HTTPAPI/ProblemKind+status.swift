import HTTPTypes
import TimerWire

extension ProblemKind {
  /// The status with the words that HTTP has for it.
  var responseStatus: HTTPResponse.Status { Self.statuses[status] ?? HTTPResponse.Status(code: status) }

  private static let statuses = Dictionary(
    [
      HTTPResponse.Status.badRequest, .notFound, .methodNotAllowed, .requestTimeout, .conflict,
      .preconditionFailed, .contentTooLarge, .uriTooLong, .unsupportedMediaType, .expectationFailed,
      .unprocessableContent, .requestHeaderFieldsTooLarge, .internalServerError, .notImplemented,
      .serviceUnavailable,
    ].map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
}
