package import TimerModel

/// Creates sessions with a database server. A client library's adapter has one, and `ConnectionPool` does the rest.
package protocol ServerConnector<Session>: Sendable {
  associatedtype Session: ServerSession

  /// The name of the server's kind, for messages.
  static var server: String { get }

  /// Connects, and sets what each session needs.
  ///
  /// - Throws: `StoreError` if that does not succeed by `deadline`.
  func connect(by deadline: MonotonicInstant) throws(StoreError) -> Session
}

/// A session with a database server; one thread uses it.
package protocol ServerSession {
  /// False if the session is broken, or the server has ended it meanwhile.
  var isUsable: Bool { get }
  /// True if the session must not be used again.
  var isBroken: Bool { get }
  /// The time at which the session began.
  var establishedAt: MonotonicInstant { get }
}

/// An error that a database server has reported, as far as it says what to do next.
package protocol ServerError: Error {
  /// True if the server takes no writes: another one may have become the primary.
  var isReadOnlyServer: Bool { get }
  /// True if the server has rolled the request back in favour of another.
  var isConflict: Bool { get }
}
