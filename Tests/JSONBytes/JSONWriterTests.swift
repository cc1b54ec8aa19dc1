import JSONBytes
import Testing

@Suite struct JSONWriterTests {
  @Test(arguments: ["\"", "\\", "\n", "\u{0}", "\u{1f}", " ", "\u{7f}", "é", "\u{20ac}", "\u{1f600}"])
  func stringsRoundTrip(special: String) throws {
    for length in 0...20 {
      for place in 0...length {
        let text =
          String(repeating: "x", count: place) + special + String(repeating: "y", count: length - place)
        var json = JSONWriter(capacity: 0)
        json.string(text)
        #expect(try JSONText(json.bytes, maxDepth: 1).string == text)
      }
    }
  }

  @Test func bufferGrows() throws {
    var json = JSONWriter(capacity: 0)
    json.array { json in
      for number in 0..<1000 {
        json.object { json in
          json.name("number")
          json.integer(number)
          json.name(text: "name \(number)")
          json.string(String(repeating: "z", count: number % 40))
        }
      }
    }
    let elements = try #require(try JSONText(json.bytes, maxDepth: 2).elements)
    #expect(elements.compactMap { $0.members?.first?.value.integer } == (0..<1000).map { Int64($0) })
    #expect(elements[39].members?.last?.name == "name 39")
    #expect(elements[39].members?.last?.value.string?.utf8.count == 39)
  }

  @Test(arguments: [0, 9, 10, 99, 100, -1, -10, 1_795_447_800_500, .max, .min] as [Int64])
  func numbersAreWrittenInFull(number: Int64) {
    var json = JSONWriter()
    json.integer(number)
    #expect(json.text == "\(number)")
  }

  @Test func membersWithoutValueAreLeftOut() {
    var json = JSONWriter()
    json.object { json in
      json.member("text", "a")
      json.member("noText", nil as String?)
      json.member("int", 1 as Int)
      json.member("noInt", nil as Int?)
      json.member("long", -2 as Int64)
      json.member("noLong", nil as Int64?)
      json.member("number", 1.5)
      json.member("flag", true)
      json.member("raw", raw: Array("[1 ]".utf8))
      json.member("noRaw", raw: nil)
    }
    #expect(json.text == #"{"text":"a","int":1,"long":-2,"number":1.5,"flag":true,"raw":[1 ]}"#)
  }

  @Test func missingElementsAreNull() {
    var json = JSONWriter()
    json.array { json in
      json.stringOrNull("a")
      json.stringOrNull(nil)
      json.integerOrNull(1)
      json.integerOrNull(nil)
    }
    #expect(json.text == #"["a",null,1,null]"#)
  }

  @Test func finishResetsWriter() {
    var json = JSONWriter()
    json.array { $0.boolean(true) }
    #expect(json.finish() == Array("[true]".utf8))
    json.null()
    #expect(json.finish() == Array("null".utf8))
  }
}
