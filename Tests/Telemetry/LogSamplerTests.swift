import Telemetry
import Testing

@Suite struct LogSamplerTests {
  private let second: Int64 = 1_000_000_000

  @Test func repeatedMessagesAreSuppressed() {
    let sampler = LogSampler()
    let verdicts = (0..<25).map { sampler.decide("attempt failed", atNanoseconds: $0) }
    #expect(
      verdicts == Array(repeating: .write(suppressed: 0), count: 10) + Array(repeating: .suppress, count: 15))
    #expect(sampler.decide("another", atNanoseconds: 30) == .write(suppressed: 0))
    #expect(sampler.decide("attempt failed", atNanoseconds: 10 * second) == .write(suppressed: 15))
    #expect(sampler.decide("attempt failed", atNanoseconds: 11 * second) == .write(suppressed: 0))
  }

  @Test func samplerMemoryIsBounded() {
    let sampler = LogSampler()
    for number in 0..<10 { #expect(sampler.decide("first", atNanoseconds: Int64(number)) != .suppress) }
    #expect(sampler.decide("first", atNanoseconds: 10) == .suppress)
    for number in 0..<100_000 { _ = sampler.decide("kind \(number)", atNanoseconds: 20) }
    #expect(sampler.decide("first", atNanoseconds: 30) == .write(suppressed: 0))
  }
}
