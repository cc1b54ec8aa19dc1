/// Decides whether a request that got no answer is sent again within its attempt.
///
/// Sending again what a server may have processed makes a copy, so that it takes a sign that it did not: a connection that was used before
/// is often closed by its server just when it is used again, and HTTP/2 has words for it.
struct ResendPolicy {
  /// One transmission of a request, up to its response or failure.
  struct Transmission {
    /// True if the request was begun to be sent.
    var isSent = false
    /// True if a connection was opened for it.
    var isOnOwnConnection = false
    /// True if libcurl itself wanted to send it again. It does so where a connection carried other requests
    /// as well, or where an HTTP/2 server refused the stream.
    var wantsRetry = false
    /// True if the server said that it had not processed the request.
    var isNotProcessed = false
    /// True if anything of an answer came: its first line, since libcurl does not tell of less.
    var hasResponse = false
    /// True if the connection broke, as libcurl tells it.
    var isConnectionBroken = false
  }

  /// Returns why the request may be sent again, on a connection of its own; nil if it may not.
  static func reason(after transmission: Transmission, sends: CurlSends) -> CurlSends.Reason? {
    guard transmission.isSent, !transmission.hasResponse, sends.count < CurlSends.limit else { return nil }
    if transmission.isNotProcessed { return .notProcessed }
    // What is sent again goes over a connection of its own, so that this happens once.
    guard sends.count == 1 else { return nil }
    if transmission.wantsRetry { return .connectionClosed }
    return transmission.isConnectionBroken && !transmission.isOnOwnConnection ? .connectionClosed : nil
  }
}
