extension ProtocolCase {
  static let table = hosts + targets + lines + methods + bodies + connections + expectations + codings + sizes

  private static let hosts: [ProtocolCase] = [
    .init("9112 3.2", "no Host", live(), 400, ends: true),
    .init("9112 3.2", "two Hosts", live("HTTP/1.1", "host: a", "host: a"), 400, ends: true),
    .init("9112 3.2", "two Hosts in any case", live("HTTP/1.1", "Host: a", "HOST: b"), 400, ends: true),
    .init("9112 3.2", "a list in Host", live("HTTP/1.1", "host: a, b"), 400, ends: true),
    .init("9112 3.2", "a path in Host", live("HTTP/1.1", "host: a/b"), 400, ends: true),
    .init("9112 3.2", "user info in Host", live("HTTP/1.1", "host: u@a"), 400, ends: true),
    .init("9112 3.2", "a space in Host", live("HTTP/1.1", "host: a b"), 400, ends: true),
    .init("9112 3.2", "a port that is not a number", live("HTTP/1.1", "host: a:b"), 400, ends: true),
    .init("9112 3.2", "an IPv6 address without its end", live("HTTP/1.1", "host: [::1"), 400, ends: true),
    .init("9112 3.2", "half an escape in Host", live("HTTP/1.1", "host: a%2"), 400, ends: true),
    .init(
      "9112 3.2", "bytes of Latin-1 in Host",
      bytes: Array("GET /livez HTTP/1.1\r\nhost: ".utf8) + [0xe9, 13, 10, 13, 10], [400], ends: true),
    .init(
      "9112 3.2", "an absolute target without Host", "GET http://a/livez HTTP/1.1\r\n\r\n", 400, ends: true),
    .init("9112 3.2", "an IPv6 address and a port", live("HTTP/1.1", "host: [::1]:8080"), 200),
    .init("9112 3.2", "an empty Host", live("HTTP/1.1", "host:"), 200),
    .init("9112 3.2", "HTTP/1.0 without Host", live("HTTP/1.0"), 200, ends: true),
    .init("9112 3.2", "HTTP/1.0 with two Hosts", live("HTTP/1.0", "host: a", "host: a"), 400, ends: true),
  ]

  private static let targets: [ProtocolCase] = [
    .init("9112 3.2.2", "an absolute target", "GET http://other:81/livez HTTP/1.1\r\nhost: a\r\n\r\n", 200),
    .init(
      "9112 3.2.2", "its scheme in upper case", "GET HTTP://other/livez HTTP/1.1\r\nhost: a\r\n\r\n", 200),
    .init("9112 3.2.2", "another scheme", "GET ftp://a/livez HTTP/1.1\r\nhost: a\r\n\r\n", 400, ends: true),
    .init(
      "9110 4.2.4", "user info in the target", "GET http://u:p@a/livez HTTP/1.1\r\nhost: a\r\n\r\n", 400,
      ends: true),
    .init(
      "9110 4.2.1", "an empty host in the target", "GET http:///livez HTTP/1.1\r\nhost: a\r\n\r\n", 400,
      ends: true),
    .init("9112 3.2", "a fragment", "GET /livez#a HTTP/1.1\r\nhost: a\r\n\r\n", 400, ends: true),
    .init("9112 3.2", "a relative path", "GET livez HTTP/1.1\r\nhost: a\r\n\r\n", 400, ends: true),
    .init("9112 3.2", "a space in the target", "GET /li vez HTTP/1.1\r\nhost: a\r\n\r\n", 400, ends: true),
    .init(
      "9112 3.2.4", "OPTIONS *", "OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n", 204,
      headers: [("allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")]),
    .init("9112 3.2.4", "GET *", "GET * HTTP/1.1\r\nhost: a\r\n\r\n", 400, ends: true),
    .init("9112 3.2.3", "CONNECT", "CONNECT a:80 HTTP/1.1\r\nhost: a\r\n\r\n", 501, ends: true),
    .init(
      "9110 15.5.15", "a target of 9,000 bytes",
      "GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\nhost: a\r\n\r\n", 414, ends: true),
    .init(
      "9110 15.5.15", "a target without end", "GET /\(String(repeating: "a", count: 100_000))", 414,
      ends: true),
    .init("3986 2.1", "an invalid escape", "GET /groups/g/timers/%zz HTTP/1.1\r\nhost: a\r\n\r\n", 400),
    .init("3986 2.1", "an overlong escape", "GET /groups/g/timers/%c0%af HTTP/1.1\r\nhost: a\r\n\r\n", 400),
    .init("3986 2.1", "an escaped slash", "GET /groups/g/timers/a%2Fb HTTP/1.1\r\nhost: a\r\n\r\n", 422),
    .init("3986 2.1", "an escaped NUL", "GET /groups/g/timers/a%00 HTTP/1.1\r\nhost: a\r\n\r\n", 422),
    .init("3986 3.3", "a dot segment", "GET /groups/g/timers/../timers HTTP/1.1\r\nhost: a\r\n\r\n", 404),
    .init("3986 3.3", "a double slash", "GET //livez HTTP/1.1\r\nhost: a\r\n\r\n", 404),
    .init("3986 3.4", "a query where there is none", "GET /livez?x=%zz HTTP/1.1\r\nhost: a\r\n\r\n", 200),
  ]

  private static let lines: [ProtocolCase] = [
    .init("9112 2.2", "bare line feeds", "GET /livez HTTP/1.1\nhost: a\n\n", 400, ends: true),
    .init("9112 2.2", "a bare carriage return", live("HTTP/1.1", "host: a", "x: a\rb"), 400, ends: true),
    .init("9112 2.2", "an empty line before the request", "\r\n\r\n" + live("HTTP/1.1", "host: a"), 200),
    .init(
      "9112 2.2", "white space before the first header", live("HTTP/1.1", " x: y", "host: a"), 400, ends: true
    ),
    .init("9112 5.1", "white space before the colon", live("HTTP/1.1", "host : a"), 400, ends: true),
    .init("9112 5.2", "a folded header", live("HTTP/1.1", "host: a", "x: a", " b"), 400, ends: true),
    .init("9110 5.5", "a NUL in a header", live("HTTP/1.1", "host: a", "x: a\u{0}b"), 400, ends: true),
    .init("9110 5.1", "a header without a name", live("HTTP/1.1", "host: a", ": b"), 400, ends: true),
    .init("9110 5.5", "an empty header", live("HTTP/1.1", "host: a", "x:"), 200),
    .init("9112 2.3", "HTTP/2.0", live("HTTP/2.0", "host: a"), 400, ends: true),
    .init("9112 2.3", "HTTP/0.9", live("HTTP/0.9", "host: a"), 400, ends: true),
    .init("9112 2.3", "http/1.1 in lower case", live("http/1.1", "host: a"), 400, ends: true),
    .init("9112 2.3", "no version", "GET /livez\r\n\r\n", 400, ends: true),
    .init("9113 3.4", "the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, ends: true),
    .init(
      "8446 4.1.2", "a TLS handshake",
      bytes: [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3] + [UInt8](repeating: 7, count: 64), [400], ends: true),
  ]

  private static let methods: [ProtocolCase] = [
    .init("9110 9.1", "a method in lower case", "get /livez HTTP/1.1\r\nhost: a\r\n\r\n", 501, ends: true),
    .init("9110 9.1", "an unknown method", "BREW /livez HTTP/1.1\r\nhost: a\r\n\r\n", 501, ends: true),
    .init("9110 9.1", "a method of others", "PROPFIND /livez HTTP/1.1\r\nhost: a\r\n\r\n", 501),
    .init(
      "9110 15.5.6", "TRACE", "TRACE /livez HTTP/1.1\r\nhost: a\r\n\r\n", 405,
      headers: [("allow", "GET, HEAD")]),
    .init(
      "9110 15.5.6", "POST to a timer", "POST /groups/g/timers/a HTTP/1.1\r\nhost: a\r\n\r\n", 405,
      headers: [("allow", "GET, HEAD, PUT, PATCH, DELETE")]),
    .init(
      "9110 15.5.6", "OPTIONS of a path", "OPTIONS /groups/g/timers HTTP/1.1\r\nhost: a\r\n\r\n", 405,
      headers: [("allow", "GET, HEAD, POST")]),
    .init("9110 15.5.5", "OPTIONS of no path", "OPTIONS /none HTTP/1.1\r\nhost: a\r\n\r\n", 404),
  ]

  private static let bodies: [ProtocolCase] = [
    .init(
      "9112 6.2", "two equal lengths", create("a", "content-length: 2", "content-length: 2"), 400, ends: true),
    .init("9112 6.3", "two lengths", create("a", "content-length: 2", "content-length: 3"), 400, ends: true),
    .init("9110 8.6", "a length with a sign", create("a", "content-length: +2"), 400, ends: true),
    .init("9110 8.6", "a length below zero", create("a", "content-length: -2"), 400, ends: true),
    .init("9110 8.6", "a hexadecimal length", create("a", "content-length: 0x2"), 400, ends: true),
    .init(
      "9110 8.6", "a length beyond 64 bits", create("a", "content-length: 99999999999999999999"), 400,
      ends: true),
    .init(
      "9112 6.1", "a length and chunks", create("a", "content-length: 2", "transfer-encoding: chunked"), 400,
      ends: true),
    .init(
      "9112 6.1", "chunks in HTTP/1.0", create("a", "transfer-encoding: chunked", version: "HTTP/1.0"), 400,
      ends: true),
    .init(
      "9112 6.1", "another coding below chunks", create("a", "transfer-encoding: gzip, chunked"), 501,
      ends: true),
    .init(
      "9112 6.3", "chunks that are not last", create("a", "transfer-encoding: chunked, gzip"), 400, ends: true
    ),
    .init("9112 6.1", "chunked twice", create("a", "transfer-encoding: chunked, chunked"), 400, ends: true),
    .init("9112 6.3", "another coding alone", create("a", "transfer-encoding: gzip"), 400, ends: true),
    .init(
      "9112 7.1", "a chunk size that is not a number", create("a", "transfer-encoding: chunked"), 400,
      ends: true),
    .init("9112 7.1", "a chunk size beyond 64 bits", chunked("fffffffffffffffff\r\n"), 400, ends: true),
    .init("9112 7.1.1", "a chunk extension", chunked("2;a=b\r\n{}\r\n0\r\n\r\n"), 422),
    .init("9112 7.1.2", "trailers", chunked("2\r\n{}\r\n0\r\nx-a: b\r\n\r\n"), 422),
  ]

  private static func chunked(_ body: String) -> String {
    "POST /groups/g/timers HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n\(body)"
  }

  private static let connections: [ProtocolCase] = [
    .init(
      "9112 9.3", "two requests at once",
      live("HTTP/1.1", "host: a") + "GET /none HTTP/1.1\r\nhost: a\r\n\r\n", 200, 404),
    .init(
      "9110 7.6.1", "Connection: Close", live("HTTP/1.1", "host: a", "connection: Close"), 200, ends: true,
      headers: [("connection", "close")]),
    .init(
      "9110 7.6.1", "close in a list", live("HTTP/1.1", "host: a", "connection: x-a, CLOSE"), 200, ends: true),
    .init(
      "9110 7.6.1", "close in a second line",
      live("HTTP/1.1", "host: a", "connection: x-a", "connection: close"), 200, ends: true),
    .init(
      "9112 9.6", "a request after close",
      live("HTTP/1.1", "host: a", "connection: close") + live("HTTP/1.1", "host: a"), 200, ends: true),
    .init(
      "9112 9.3", "HTTP/1.0", live("HTTP/1.0", "host: a"), 200, ends: true, headers: [("connection", "close")]
    ),
    .init(
      "9112 9.3", "HTTP/1.0 that keeps alive", live("HTTP/1.0", "host: a", "connection: Keep-Alive"), 200,
      headers: [("connection", "keep-alive")]),
    .init(
      "9112 9.3", "a bad request after a good one", live("HTTP/1.1", "host: a") + live(), 200, 400, ends: true
    ),
    .init(
      "9110 7.8", "an upgrade to what is not there",
      live("HTTP/1.1", "host: a", "connection: upgrade", "upgrade: h2c"), 200, ends: true),
    .init("9110 14.2", "a range", live("HTTP/1.1", "host: a", "range: bytes=0-0"), 200),
  ]

  private static let expectations: [ProtocolCase] = [
    .init(
      "9110 10.1.1", "100-continue with the body at once", create("expect-1", "expect: 100-continue"), 201),
    .init("9110 10.1.1", "100-Continue in any case", create("expect-2", "expect: 100-Continue"), 201),
    .init(
      "9110 10.1.1", "100-continue from HTTP/1.0",
      create("expect-3", "expect: 100-continue", version: "HTTP/1.0"), 201, ends: true),
    .init("9110 15.5.18", "another expectation", create("a", "expect: coffee"), 417),
  ]

  private static let codings: [ProtocolCase] = [
    .init(
      "9110 8.4", "JSON that claims gzip", create("a", "content-encoding: gzip"), 415,
      headers: [("accept-encoding", "identity")]),
    .init(
      "9110 8.4", "several codings", create("a", "content-encoding: identity, br"), 415,
      headers: [("accept-encoding", "identity")]),
    .init(
      "9110 8.4", "a second coding", create("a", "content-encoding: identity", "content-encoding: deflate"),
      415, headers: [("accept-encoding", "identity")]),
    .init("9110 8.4", "identity", create("coding-1", "content-encoding: Identity"), 201),
    .init("9110 8.4", "an empty coding", create("coding-2", "content-encoding:"), 201),
    .init("9110 8.3", "utf8", create("type-1", "content-type: application/json; charset=utf8"), 201),
    .init("9110 8.3", "us-ascii", create("type-2", "content-type: application/json;charset=US-ASCII"), 201),
    .init(
      "9110 8.3", "a quoted charset", create("type-3", "content-type: Application/JSON ; charset=\"UTF-8\""),
      201),
    .init(
      "9110 8.3", "no parameter after a semicolon", create("type-4", "content-type: application/json;"), 201),
    .init(
      "9110 8.3", "another parameter", create("type-5", "content-type: application/json; q=1; charset=utf-8"),
      201),
    .init(
      "9110 8.3", "two types",
      create("a", "content-type: application/json", "content-type: application/json"), 415),
    .init(
      "9110 8.3", "another charset", create("a", "content-type: application/json; charset=utf-16"), 415,
      headers: [("accept", "application/json")]),
  ]

  private static let sizes: [ProtocolCase] = [
    .init(
      "6585 5", "a header of 100,000 bytes",
      live("HTTP/1.1", "host: a", "x: \(String(repeating: "y", count: 100_000))"), 431, ends: true),
    .init(
      "6585 5", "2,000 headers",
      "GET /livez HTTP/1.1\r\nhost: a\r\n\(String(repeating: "x: y\r\n", count: 2000))\r\n", 431, ends: true),
  ]
}
