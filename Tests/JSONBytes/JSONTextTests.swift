import JSONBytes
import Testing

@Suite struct JSONTextTests {
  @Test(arguments: [0, 7, 8, 9, 15, 16, 17, 100])
  func controlCharactersAreRefusedAtAnyOffset(length: Int) {
    for place in 0..<length {
      var bytes = [UInt8](repeating: UInt8(ascii: "x"), count: length + 2)
      (bytes[0], bytes[length + 1], bytes[place + 1]) = (UInt8(ascii: "\""), UInt8(ascii: "\""), 0x1f)
      let error = JSONSyntaxError(reason: "has a control character inside a string", offset: place + 1)
      #expect(throws: error) { try JSONText(bytes, maxDepth: 1) }
    }
  }

  @Test(arguments: [
    "null", " true ", "-0", "1e400", "12345678901234567890.5E-3", "\"\\ud834\\udd1e\"", "[]", "[1,[2,{}]]",
    "{\"a\" : {\"a\":1,\"a\":2}}", "\"ü𝄞\"",
  ])
  func acceptsValidJSON(text: String) throws {
    _ = try JSONText(Array(text.utf8), maxDepth: 8)
  }

  @Test(arguments: [
    "", "nul", "01", "1.", ".5", "+1", "1e", "\"\t\"", "\"\\x\"", "\"\\u12g4\"", "\"a", "[1,]", "[1 2]",
    "{\"a\"}", "{a:1}",
    "{\"a\":1,}", "1 2", "[[[[[[[[[1]]]]]]]]]", "\u{feff}1", "'a'", "NaN",
  ])
  func refusesInvalidJSON(text: String) {
    #expect(throws: JSONSyntaxError.self) { try JSONText(Array(text.utf8), maxDepth: 8) }
  }

  @Test(
    arguments: [
      [0x22, 0xff, 0x22], [0x22, 0xc0, 0x80, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22],
      [0x22, 0xe2, 0x82, 0x22],
    ] as [[UInt8]])
  func refusesInvalidUTF8(bytes: [UInt8]) {
    #expect(throws: JSONSyntaxError.self) { try JSONText(bytes, maxDepth: 8) }
  }

  @Test func returnsElementsVerbatim() throws {
    let text = "{ \"a\\n\" : [ 1e400 ,\"x\" ] , \"b\":{\"c\" :  null}}"
    let members = try #require(try JSONText(Array(text.utf8), maxDepth: 8).members)
    #expect(members.map(\.name) == ["a\n", "b"])
    #expect(
      members.map { String(decoding: $0.value.bytes, as: UTF8.self) } == [
        "[ 1e400 ,\"x\" ]", "{\"c\" :  null}",
      ])
    #expect(members[0].value.elements?.map(\.string) == [nil, "x"])
  }

  @Test func readsStringsAndNumbers() throws {
    func value(_ text: String) throws -> JSONText { try JSONText(Array(text.utf8), maxDepth: 8) }
    #expect(try value("\"\\ud834\\udd1e\\u00fc\\/\\b\"").string == "𝄞ü/\u{8}")
    #expect(try value("\"\\ud834\"").string == nil)
    #expect(try value("30.0").integer == 30)
    #expect(try value("3e1").integer == 30)
    #expect(try value("30.5").integer == nil)
    #expect(try value("9223372036854775807").integer == .max)
    #expect(try value("1e300").integer == nil)
  }

  @Test(arguments: [
    ("\\ud834\\udd1e", "𝄞"), ("a\\u0000b", "a\0b"), ("\\uD83D\\uDE00x", "😀x"), ("é\\n\\t\\\"", "é\n\t\""),
    ("\\uffff", "\u{ffff}"),
  ])
  func stringsAreUnescaped(text: String, value: String) throws {
    #expect(try JSONText(Array("\"\(text)\"".utf8), maxDepth: 1).string == value)
  }

  @Test(arguments: ["\\ud834", "\\udd1e", "\\udd1e\\ud834", "\\ud834x", "\\ud834\\n", "\\ud834\\u0041"])
  func loneSurrogatesAreRejected(text: String) throws {
    #expect(try JSONText(Array("\"\(text)\"".utf8), maxDepth: 1).string == nil)
  }
}
