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

  @Test func finishResetsWriter() {
    var json = JSONWriter()
    json.array { $0.boolean(true) }
    #expect(json.finish() == Array("[true]".utf8))
    json.null()
    #expect(json.finish() == Array("null".utf8))
  }
}
