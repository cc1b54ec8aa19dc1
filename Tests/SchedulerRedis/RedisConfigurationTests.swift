import SchedulerRedis
import Testing

@Suite struct RedisConfigurationTests {
  @Test func readsOneServer() throws {
    let configuration = try RedisConfiguration(
      url: "redis://us%65r:p%40ss@[::1]:7000/3?prefix=a:b&timeout=250ms&connect-timeout=2s")
    #expect(configuration.topology == .single(.tcp(host: "::1", port: 7000)))
    #expect(configuration.credentials?.user == "user")
    #expect(configuration.credentials?.password == "p@ss")
    #expect(configuration.database == 3)
    #expect(configuration.prefix == "a:b")
    #expect(configuration.operationTimeout == .milliseconds(250))
    #expect(configuration.connectTimeout == .seconds(2))
  }

  @Test func hasDefaults() throws {
    let configuration = try RedisConfiguration(url: "redis://:secret@cache")
    #expect(configuration.topology == .single(.tcp(host: "cache", port: 6379)))
    #expect(configuration.credentials?.user == nil)
    #expect(configuration.database == 0)
    #expect(configuration.prefix == "timerd")
    #expect(configuration.operationTimeout == .milliseconds(500))
  }

  @Test func readsSocketPath() throws {
    let configuration = try RedisConfiguration(url: "unix:/run/redis.sock?db=2&user=u&password=p")
    #expect(configuration.topology == .single(.unix(path: "/run/redis.sock")))
    #expect(configuration.database == 2)
    #expect(configuration.credentials?.user == "u")
  }

  @Test func readsSentinelsAndClusters() throws {
    let sentinel = try RedisConfiguration(
      url: "redis+sentinel://u:p@a,b:1/main/4?sentinel-password=s")
    #expect(
      sentinel.topology
        == .sentinel([.tcp(host: "a", port: 26379), .tcp(host: "b", port: 1)], master: "main"))
    #expect(sentinel.database == 4)
    #expect(sentinel.sentinelCredentials?.password == "s")
    let cluster = try RedisConfiguration(url: "redis+cluster://a,b:7001")
    #expect(cluster.topology == .cluster([.tcp(host: "a", port: 6379), .tcp(host: "b", port: 7001)]))
  }

  @Test func explainsMissingTLS() {
    #expect(throws: RedisURLError.self) { try RedisConfiguration(url: "rediss://host") }
    do {
      _ = try RedisConfiguration(url: "rediss://host")
    } catch {
      #expect(error.description.contains("stunnel") && error.description.contains("hiredis 0.14"))
    }
  }

  @Test(arguments: [
    "", "host", "redis:", "redis:host", "redis://", "redis://a,b", "redis://host:0", "redis://host/x",
    "redis://host/1/2", "redis://secret@host", "redis+cluster://host/1", "redis+sentinel://host", "unix:path",
    "redis://host?prefix=", "redis://host?prefix={a}", "redis://host?timeout=5", "redis://host?timeout=1ms",
    "redis://host?db=1", "redis://host?colour=red", "redis://a:%zz@host", "http://host",
  ])
  func refusesInvalidURLs(url: String) {
    #expect(throws: RedisURLError.self) { try RedisConfiguration(url: url) }
  }

  @Test func hidesPasswords() throws {
    let configuration = try RedisConfiguration(
      url: "redis+sentinel://u:secret@host/m?sentinel-password=secret")
    var dumped = ""
    dump(configuration, to: &dumped)
    #expect(!"\(configuration) \(dumped)".contains("secret"))
  }
}
