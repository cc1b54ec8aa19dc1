import JSONBytes
import Testing

@Suite struct PercentEncodingTests {
  @Test(
    arguments: [
      ("", ""), ("plain", "plain"), ("a%2Fb", "a/b"), ("%e2%82%ac", "\u{20ac}"), ("%25", "%"),
    ] as [(String, String)])
  func decodesEscapes(text: String, expected: String) {
    #expect(PercentEncoding.decode(text.utf8) == Array(expected.utf8))
  }

  @Test(arguments: ["%", "%2", "%zz", "%+f", "%%20"])
  func refusesIncompleteEscapes(text: String) {
    #expect(PercentEncoding.decode(text.utf8) == nil)
  }
}
