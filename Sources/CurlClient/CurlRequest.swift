/// An HTTP request; redirects are not followed.
package struct CurlRequest: Sendable {
  package enum Method: Sendable {
    /// `GET`, without a body.
    case get
    /// `POST`, with the request's body.
    case post
  }

  package var method: Method
  /// An absolute `http` or `https` URL.
  package var url: String
  /// Lines in libcurl's form: `name: value`, `name;` for an empty value, `name:` to leave out one of its own.
  package var headers: [String]
  /// The body of a `POST`.
  package var body: [UInt8]
  /// The timeout of the whole transfer including connecting, in milliseconds.
  package var timeoutMilliseconds: Int

  package init(
    method: Method = .post, url: String, headers: [String] = [], body: [UInt8] = [], timeoutMilliseconds: Int
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeoutMilliseconds = timeoutMilliseconds
  }
}
