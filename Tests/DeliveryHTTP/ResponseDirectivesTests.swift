import Testing

@testable import DeliveryHTTP

/// Members found in the body of a successful answer, be it JSON or something like it.
@Suite struct ResponseDirectivesTests {
  private static let no = "{\"ok\": false}"

  @Test(arguments: [
    no, " \r\n\t\(no)\n\n", "\u{feff}\(no)", "{\"ok\": false, \"took\": NaN}",
    "{\"took\": -Infinity, \"ok\": false}",
    "{\"ok\": false,}", "{,\"ok\": false}", "{\"a\": 1 \"ok\": false}", "{\"a\": [1, 2,,], \"ok\": false}",
    "{'ok': false}",
    "{'error': 'it\\'s \"bad\"', 'ok': False}", "{ok: false}", "{\"ok\"=>false}", "{\"ok\": FALSE}",
    "{\"ok\": false // really\n}", "{/* \"ok\": true, */ \"ok\": false}",
    "{\"a\": {\"b\": /* ' */ [1]}, \"ok\": false}",
    ")]}',\n\(no)", "callback(\(no));",
    "<br />\n<b>Warning</b>: Undefined variable $x in <b>/a.php</b><br />\n\(no)",
    "[2026-11-28 10:00:00] a warning\n\(no)", "\(no)\(no)", "{\"ok\": true}\n\(no)", "\(no) trailing",
    "\(no)\u{0}\u{0}",
    "{\"ok\": true, \"ok\": false}", "{\"ok\": false, \"ok\": true}", "{\"\\u006fk\": false}",
    "{\"\\u006F\\u006b\": false, }",
    "{\"error\": \"a\nline\", \"ok\": false}", "{\"error\": \"caf\u{0}\", \"ok\": false}",
    "{\"n\": 01, \"ok\": false}", "{\"n\": .5, \"ok\": false}",
    "{\"n\": 0x1F, \"ok\": false}", "{\"s\": \"\\x41\", \"ok\": false}", "{\"ok\": false",
    "{\"ok\":false,\"error\":\"cut",
    // A quotation mark is missing: what is what is a guess, and a no is the safer one.
    "{\"error\": \"bad, \"ok\": false}", "{\"error: 1, \"ok\": false}", "{\"e\": \"it\"s\", \"ok\" : false}",
  ])
  func findsRejections(text: String) {
    #expect(ResponseDirectives(Array(text.utf8), isCut: false).isRejection)
  }

  @Test func findsRejectionsInEveryEncoding() {
    let text = "{\"caf\u{e9} \u{1f600}\": \"\u{2200}\u{225c}\", \"ok\": false}"
    let latin1 = "{\"error\": \"caf".utf8 + [0xe9] + "\", \"ok\": false}".utf8
    let units = Array(text.utf16)
    let little = units.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
    let big = units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
    let wide = text.unicodeScalars.flatMap { scalar in
      (0..<4).map { UInt8(truncatingIfNeeded: scalar.value >> (8 * $0)) }
    }
    let bodies: [[UInt8]] = [
      Array(latin1), little, big, [0xff, 0xfe] + little, [0xfe, 0xff] + big, wide, [0xff, 0xfe, 0, 0] + wide,
      stride(from: 0, to: wide.count, by: 4).flatMap { wide[$0..<($0 + 4)].reversed() }, little + [0x20],
    ]
    for body in bodies { #expect(ResponseDirectives(body, isCut: false).isRejection, "\(body.prefix(8))") }
  }

  @Test(arguments: [
    "", "ok", "false", "[false]", "[{\"ok\": false}]", "{}", "{\"ok\": true}", "{\"ok\": \"false\"}",
    "{\"ok\": null}", "{\"ok\": 0}",
    "{\"OK\": false}", "{\"okay\": false}", "{\"a\": {\"ok\": false}}",
    "{\"a\": [{\"ok\": false}], \"b\": NaN}",
    "{\"message\": \"{\\\"ok\\\": false}\", }", "{'message': '\"ok\": false'}", "{\"ok\": falsehood}",
    "{\"ok\": {\"ok\": false}, }",
    "<html><style>body { color: red }</style><p>ok</p></html>", "{\"nok\": false, }",
    "{\"ok\": true} // fine",
  ])
  func ignoresOtherBodies(text: String) {
    #expect(!ResponseDirectives(Array(text.utf8), isCut: false).isRejection)
  }

  @Test func truncatedRejectionsAreFound() {
    for count in 1..<5 {
      let cut = Array("{\"ok\": \("false".prefix(count))".utf8)
      #expect(ResponseDirectives(cut, isCut: true).isRejection)
      #expect(!ResponseDirectives(cut, isCut: false).isRejection)
    }
    for text in [
      "{\"ok\": ", "{\"ok\"", "{\"o", "{\"ok\": t", "{\"ok\": true", "{\"items\": [{\"ok\": false},",
    ] {
      #expect(!ResponseDirectives(Array(text.utf8), isCut: true).isRejection)
    }
  }

  @Test(
    arguments: [
      ("{\"nextExecuteAt\": \"x\"}", ResponseDirectives.Next.text("x")),
      ("{'nextExecuteAt': 'x', }", .text("x")),
      ("{\"next\\u0045xecuteAt\": \"\\u0078\", }", .text("x")),
      ("{nextExecuteAt: \"a\", nextExecuteAt: \"b\"}", .text("b")),
      ("{\"nextExecuteAt\": 5}", .unreadable), ("{\"nextExecuteAt\": {}, }", .unreadable),
      ("{\"nextExecuteAt\": x, }", .unreadable),
      ("{\"nextExecuteAt\": null}", nil), ("{\"nextExecuteAt\": None, }", nil),
      ("{\"a\": {\"nextExecuteAt\": \"x\"}, }", nil),
      ("{\"nextExecuteAt\": \"2026-11-2", .cut), ("{\"nextExecuteAt\": ", .cut),
    ] as [(String, ResponseDirectives.Next?)])
  func findsNextExecuteAt(text: String, next: ResponseDirectives.Next?) {
    #expect(ResponseDirectives(Array(text.utf8), isCut: true).next == next)
  }

  @Test(arguments: [
    ("{\"a\": 1}", true), ("{\"took\": NaN}", true), ("[1, 2]", true), ("17", true), ("", true),
    ("{\"a\": ", false), ("hello", false),
    ("{\"a\" 1}", false), ("\u{1f}\u{8b}", false),
  ])
  func reportsUnreadableBodies(text: String, isReadable: Bool) {
    #expect(ResponseDirectives(Array(text.utf8), isCut: false).isReadable == isReadable)
  }

  /// Work is linear in the bytes: each of these takes seconds or the stack otherwise.
  @Test(arguments: [
    "[", "{", "{\"a\":", "\"", "'", "\\", "/", "/*", "//", "{\"ok\"", "{\"ok\":", "\"ok\"   ", "{'",
    "{\"a\":[", "}", "]", ",", ":", "{:", "=>",
    "\u{0}", "\u{feff}", "{\"ok\":f", "\"\\u", "{\"\\u006f",
  ])
  func repetitiveInputTakesLinearTime(part: String) {
    let bytes = Array(String(repeating: part, count: 1 << 15 / part.utf8.count).utf8)
    let clock = ContinuousClock()
    let time = clock.measure {
      for isCut in [false, true] { _ = ResponseDirectives(bytes, isCut: isCut) }
      _ = ResponseDirectives(bytes + Array(Self.no.utf8), isCut: false)
    }
    // Quadratic work on so much takes minutes in a debug build.
    #expect(time < .seconds(60))
  }

  @Test func survivesTruncationAndByteChanges() {
    let texts = [
      "{\"ok\": false, 'a': [1, {b: \"\\u0041\"}], /* x */ \"nextExecuteAt\": \"2026-11-28T00:00:00Z\"} // y"
    ]
    for bytes in texts.map({ Array($0.utf8) }) {
      for index in bytes.indices {
        _ = ResponseDirectives(Array(bytes[..<index]), isCut: true)
        for byte in [0, 9, 10, 13, 32, 34, 39, 44, 47, 58, 61, 91, 92, 93, 110, 117, 123, 125, 128, 255]
          as [UInt8]
        {
          var changed = bytes
          changed[index] = byte
          _ = ResponseDirectives(changed, isCut: byte.isMultiple(of: 2))
        }
      }
    }
  }
}
