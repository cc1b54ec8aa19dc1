import CHiredis
import Glibc
import TimerModel

@testable import SchedulerRedis

extension FuzzTarget {
  /// The bytes of a Redis, a Sentinel or a node of a cluster; the first byte says where they are cut in two.
  static let reply = FuzzTarget(name: "reply", maxBytes: 512) { bytes in
    guard let reader = redisReaderCreate() else { return }
    let bounded = timerd_redis_bound(reader)
    defer {
      redisReaderFree(reader)
      free(bounded)
    }
    let sent = bytes.dropFirst()
    let cut = min(Int(bytes.first ?? 0), sent.count)
    for part in [sent.prefix(cut), sent.dropFirst(cut)] {
      _ = part.withUnsafeBytes { redisReaderFeed(reader, $0.baseAddress, $0.count) }
      while true {
        var raw: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &raw) == REDIS_OK, let raw else { break }
        defer { freeReplyObject(raw) }
        try use(RedisValue(copying: raw.assumingMemoryBound(to: redisReply.self)))
      }
    }
  }

  private static let asked = RedisEndpoint.tcp(host: "127.0.0.1", port: 6379)
  /// The slot table of a cluster is large, so it is made once. Routes that learn something copy it.
  private static let unknown = [
    RedisConfiguration.Topology.cluster([asked]), .sentinel([asked], master: "m"), .single(asked),
  ].map { (topology: $0, routes: RedisRoutes($0)) }

  private static func use(_ value: RedisValue) throws {
    for (topology, unknown) in unknown {
      var routes = unknown
      _ = try? routes.learn(value, from: asked)
      if let known = routes.endpoint(of: 17) { try isReachable(known) }
      for known in routes.candidates { try isReachable(known) }
      let handshake = RedisHandshake(RedisConfiguration(topology: topology), for: .data)
      for (step, _) in handshake.commands { try? handshake.check(value, to: step, at: asked) }
    }
    _ = RedisHandshake.evictionPolicy(value)
    try read(value)
    for element in value.elements ?? [] { try read(element) }
  }

  private static func read(_ value: RedisValue) throws {
    if case .error(let text) = value {
      if let redirect = RedisRedirect(text, from: asked) { try isReachable(redirect.endpoint) }
      _ = IndexError(reply: text)
    }
    guard let text = value.text else { return }
    _ = RedisKeys.key(text)
    guard let instant = RedisKeys.instant(text) else { return }
    _ = RedisKeys.score(instant)
    var markers = ShardMarkers()
    for _ in 0..<2 {
      _ = markers.check([0: instant.milliseconds], against: markers.expectation, lostConnections: 0)
    }
  }

  private static func isReachable(_ endpoint: RedisEndpoint) throws {
    guard case .tcp(_, let port) = endpoint else { return }
    try BrokenRule.unless((1...65_535).contains(port), "a server is at port \(port)")
  }
}
