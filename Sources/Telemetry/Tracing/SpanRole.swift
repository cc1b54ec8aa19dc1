import Tracing

/// The role of a span between systems.
package enum SpanRole: Sendable {
  /// None: it is work within the service.
  case `internal`
  /// It answers a request.
  case server
  /// It makes a request.
  case client
  /// It sends a message.
  case producer
  /// It takes a message.
  case consumer

  var kind: SpanKind {
    switch self {
    case .internal: .internal
    case .server: .server
    case .client: .client
    case .producer: .producer
    case .consumer: .consumer
    }
  }
}
