import Testing
import TimerModel

@testable import SchedulerRedis

@Suite struct RedisWireTests {
  @Test(arguments: [("123456789", 12739), ("", 0), ("user1000", 3443), ("foo", 12182)])
  func slotsAreThoseOfTheSpecification(tag: String, slot: Int) {
    #expect(HashSlot.of(tag: tag) == slot)
  }

  @Test func commandsAreEncoded() {
    #expect(
      String(decoding: RedisCommand(["GET", "ä"]).bytes, as: UTF8.self) == "*2\r\n$3\r\nGET\r\n$2\r\nä\r\n")
  }

  @Test func redirectsAreRead() {
    let asked = RedisEndpoint.tcp(host: "h", port: 1)
    let moved = RedisRedirect("MOVED 3999 10.0.0.1:6381", from: asked)
    #expect(moved?.kind == .moved)
    #expect(moved?.slot == 3999)
    #expect(moved?.endpoint == .tcp(host: "10.0.0.1", port: 6381))
    #expect(RedisRedirect("ASK 1 ::1:7000", from: asked)?.endpoint == .tcp(host: "::1", port: 7000))
    #expect(RedisRedirect("MOVED 1 :7000", from: asked)?.endpoint == .tcp(host: "h", port: 7000))
    #expect(RedisRedirect("ERR syntax error", from: asked) == nil)
  }

  @Test func membersAndScoresGoThereAndBack() {
    let key = TimerKey(groupID: "orders", timerID: "o:17#x")
    #expect(RedisKeys.key(RedisKeys.member(key)) == key)
    #expect(RedisKeys.key(RedisKeys.marker) == nil)
    #expect(RedisKeys.score(Timestamp(milliseconds: .max)) == "9007199254740992")
    #expect(RedisKeys.score(Timestamp(milliseconds: -5)) == "0")
    #expect(RedisKeys.instant("1.8e12") == Timestamp(milliseconds: 1_800_000_000_000))
  }

  @Test func markersTellWhatWasLost() {
    var markers = ShardMarkers()
    #expect(check(&markers, [1: -100, 2: -200]) == .intact)
    #expect(check(&markers, [1: -101, 2: -200]) == .intact)
    #expect(check(&markers, [1: -100, 2: -200]) == .lost([1]), "an old one")
    #expect(markers.known == [2])
    #expect(check(&markers, [1: -100, 2: nil]) == .lost([2]), "none")
    #expect(check(&markers, [1: -100], breaks: 1) == .doubtful)
    #expect(check(&markers, [1: -100], breaks: 1) == .intact, "reported once")
  }

  @Test func operationsSideBySideAreNoLoss() {
    var markers = ShardMarkers()
    #expect(check(&markers, [1: -100]) == .intact)
    let before = markers.expectation
    #expect(check(&markers, [1: -101]) == .intact)
    #expect(
      markers.check([1: -100], against: before, breaks: 0) == .intact, "it read before the other counted")
    #expect(check(&markers, [1: -100]) == .lost([1]), "the higher one counts for what begins later")
    #expect(markers.check([1: nil], against: before, breaks: 0) == .doubtful, "nothing is wiped twice")
  }

  private func check(
    _ markers: inout ShardMarkers, _ scores: [Int: Int64?], breaks: Int = 0
  ) -> ShardMarkers.Finding {
    markers.check(scores, against: markers.expectation, breaks: breaks)
  }
}
