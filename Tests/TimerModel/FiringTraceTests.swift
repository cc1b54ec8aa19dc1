import Testing
import TimerModel

@Suite struct FiringTraceTests {
  @Test func attemptsAreSpansOfFiringTrace() throws {
    let firing = FiringID(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210)
    let texts = (0..<2).map { _ in TraceContext.traceparent(ofAttemptAt: firing) }
    #expect(texts[0] != texts[1])
    for text in texts {
      #expect(TraceContext(validating: text, tracestate: nil)?.traceparent == text)
      #expect(text.hasPrefix("00-0123456789abcdeffedcba9876543210-") && text.hasSuffix("-01"))
    }
  }
}
