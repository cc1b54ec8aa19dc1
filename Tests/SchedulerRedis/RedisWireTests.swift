import Testing
import TimerModel

@testable import SchedulerRedis

@Suite struct RedisWireTests {
  @Test(arguments: [("123456789", 12739), ("", 0), ("user1000", 3443), ("foo", 12182)])
  func slotsMatchSpecification(tag: String, slot: Int) {
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

  @Test(arguments: [
    "MOVED", "MOVED 1", "MOVED 16384 h:1", "MOVED -1 h:1", "MOVED 99999999999999999999 h:1", "MOVED 1 h:0",
    "MOVED 1 h:65536",
    "MOVED 1 h:-1", "MOVED 1 h:9223372036854775807", "ASK 1 h", "ASK 1 h:", "MOVED x h:1",
  ])
  func invalidRedirectsAreRejected(text: String) {
    #expect(RedisRedirect(text, from: .tcp(host: "h", port: 1)) == nil)
  }

  @Test func routesAreValidated() throws {
    let asked = RedisEndpoint.tcp(host: "h", port: 7000)
    func server(_ port: Int64) -> RedisValue { .array([.string("n"), .integer(port)]) }
    func range(_ first: Int64, _ last: Int64, _ port: Int64) -> RedisValue {
      .array([.integer(first), .integer(last), server(port)])
    }
    func learned(_ value: RedisValue) -> RedisRoutes? {
      var routes = RedisRoutes(.cluster([asked]))
      return (try? routes.learn(value, from: asked)).map { routes }
    }
    let good = try #require(learned(.array([range(0, 16383, 7001)])))
    #expect(good.endpoint(of: 16383) == .tcp(host: "n", port: 7001))
    for port in [0, -1, 65_536, Int64.max, .min] { #expect(learned(.array([range(0, 16383, port)])) == nil) }
    for (first, last) in [(-1, 5), (5, 4), (0, 16384), (.min, .max)] as [(Int64, Int64)] {
      #expect(learned(.array([range(first, last, 7001)])) == nil)
    }
    #expect(
      learned(.array(Array(repeating: range(0, 16383, 7001), count: 1000))) == nil, "no slot is held twice")
    #expect(learned(.null) == nil && learned(.integer(1)) == nil && learned(.array([.array([])])) == nil)
    for parts in [["h", "0"], ["h", "70000"], ["h", "x"], ["", "1"], ["h"], []] {
      var routes = RedisRoutes(.sentinel([asked], master: "m"))
      #expect(throws: IndexError.self) { try routes.learn(.array(parts.map { .string($0) }), from: asked) }
    }
  }

  @Test func slotsAreLearnedFromRedirects() throws {
    let (one, two) = (RedisEndpoint.tcp(host: "h", port: 1), RedisEndpoint.tcp(host: "h", port: 2))
    var routes = RedisRoutes(.cluster([one, two]))
    try routes.learn(
      .error("NOPERM this user has no permissions to run the 'cluster|slots' command"), from: one)
    #expect(!routes.isStale)
    #expect(routes.endpoint(of: 7) == one)
    routes.move(7, to: two)
    #expect(routes.endpoint(of: 7) == two && routes.endpoint(of: 8) == one)
    #expect(!routes.isStale, "asking again would be in vain")
    routes.invalidate(two)
    #expect(routes.endpoint(of: 7) == one && routes.isStale)
    #expect(routes.warning?.contains("CLUSTER SLOTS") == true)
  }

  @Test func membersAndScoresRoundTrip() {
    let key = TimerKey(groupID: "orders", timerID: "o:17!x")
    #expect(RedisKeys.key(RedisKeys.member(key)) == key)
    #expect(RedisKeys.key(RedisKeys.marker) == nil)
    #expect(RedisKeys.score(Timestamp(milliseconds: .max)) == "9007199254740992")
    #expect(RedisKeys.score(Timestamp(milliseconds: -5)) == "0")
    #expect(RedisKeys.instant("1.8e12") == Timestamp(milliseconds: 1_800_000_000_000))
    for score in [
      "nan", "-nan", "inf", "-inf", "1e300", "-1", "0.5", "9007199254740993", "9223372036854775807", "", "x",
    ] {
      #expect(RedisKeys.instant(score) == nil, "\(score)")
    }
    #expect(RedisKeys.instant("inf", after: Timestamp(milliseconds: -1)) == Timestamp(milliseconds: 1 << 53))
    #expect(RedisKeys.instant("-1e300", after: Timestamp(milliseconds: -1)) == Timestamp(milliseconds: 0))
    #expect(RedisKeys.instant("nan", after: Timestamp(milliseconds: -1)) == nil)
  }

  @Test func markersDetectLoss() {
    var markers = ShardMarkers()
    #expect(check(&markers, [1: -100, 2: -200]) == .intact)
    #expect(check(&markers, [1: -101, 2: -200]) == .intact)
    #expect(check(&markers, [1: -100, 2: -200]) == .lost([1]), "an old one")
    #expect(markers.known == [2])
    #expect(check(&markers, [1: -100, 2: nil]) == .lost([2]), "none")
    #expect(check(&markers, [1: -100], lostConnections: 1) == .uncertain)
    #expect(check(&markers, [1: -100], lostConnections: 1) == .intact, "reported once")
  }

  @Test func extremeMarkerVersionsAreAccepted() {
    var markers = ShardMarkers()
    #expect(check(&markers, [1: .min, 2: .max]) == .intact)
    #expect(check(&markers, [1: .max, 2: .max]) == .lost([1]))
  }

  @Test func concurrentOperationsAreNoLoss() {
    var markers = ShardMarkers()
    #expect(check(&markers, [1: -100]) == .intact)
    let before = markers.expectation
    #expect(check(&markers, [1: -101]) == .intact)
    #expect(
      markers.check([1: -100], against: before, lostConnections: 0) == .intact,
      "it read before the other counted")
    #expect(check(&markers, [1: -100]) == .lost([1]), "the higher one counts for what begins later")
    #expect(
      markers.check([1: nil], against: before, lostConnections: 0) == .uncertain, "nothing is wiped twice")
  }

  private func check(
    _ markers: inout ShardMarkers, _ scores: [Int: Int64?], lostConnections: Int = 0
  ) -> ShardMarkers.Finding {
    markers.check(scores, against: markers.expectation, lostConnections: lostConnections)
  }
}
