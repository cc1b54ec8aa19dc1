import ArgumentParser
import FoundationEssentials
import Testing

@testable import TimerServer

@Suite struct SettingsTests {
  @Test func defaultsAreValid() async throws {
    #expect(Setting.all.allSatisfy { $0.isLegal($0.defaultValue) })
    let source = await SettingsSource.reading()
    _ = try ServerConfiguration(source)
    #expect(source.values.count == Setting.all.count)
    #expect(source.values.values.allSatisfy { $0.origin == "default" })
  }

  @Test func sourcesHavePrecedence() async throws {
    let files = try SettingsFolder([
      "c.yaml": "maxInFlight: 1\nshardCount: 1\nretention: 1h\nindexLimit: 1001"
    ])
    let secrets = try SettingsFolder(["max-in-flight": "2", "shard-count": "2", "retention": "2h\n"])
    let source = await SettingsSource.reading(
      flags: ["max-in-flight": "4"], environment: ["TIMERD_MAX_IN_FLIGHT": "3", "TIMERD_SHARD_COUNT": "3"],
      secrets: secrets.url.path, file: files.path("c.yaml"))
    #expect(source.problems.isEmpty)
    for (name, text, origin) in [
      ("max-in-flight", "4", "flag --max-in-flight"), ("shard-count", "3", "variable TIMERD_SHARD_COUNT"),
      ("retention", "2h", "file retention in \(secrets.url.path)"),
      ("index-limit", "1001", "key indexLimit in \(files.path("c.yaml"))"),
      ("claim-ahead", "50ms", "default"),
    ] {
      #expect(source.values[name]?.text == text)
      #expect(source.values[name]?.origin == origin)
    }
  }

  // Parsing takes so long in a debug build that one command line carries all flags.
  private static let separate = Result { try Serve.parse(Setting.all.flatMap { [$0.flag, $0.example] }) }
  private static let joined = Result { try Serve.parse(Setting.all.map { "\($0.flag)=\($0.example)" }) }

  @Test(arguments: Setting.all)
  func everySourceSetsEverySetting(setting: Setting) async throws {
    let text = setting.example
    let json = if case .integer = setting.legal { text } else { "\"\(text)\"" }
    let files = try SettingsFolder([
      "c.yaml": "\(setting.fileKey): \"\(text)\"", "c.json": "{\"\(setting.fileKey)\": \(json)}",
      "secrets/\(setting.name)": text + "\n",
    ])
    let sources = [
      try await Self.separate.get().options.source(), try await Self.joined.get().options.source(),
      await .reading(environment: [setting.variable: text]),
      await .reading(secrets: files.path("secrets")),
      await .reading(file: files.path("c.yaml")), await .reading(file: files.path("c.json")),
    ]
    for source in sources {
      #expect(source.problems.isEmpty)
      #expect(source.values[setting.name]?.text == text)
      #expect(source.values[setting.name]?.origin != "default")
    }
  }

  @Test(arguments: [
    ("max-in-flight", "0", "1 to 16384"), ("retention", "7 days", "a duration from 1m"),
    ("log-level", "loud", "one of trace"), ("shard-count", "", "from 1 to 4096"),
    ("retry-backoff-multiplier", "nan", "a number from"),
    ("listen", "8080", "127.0.0.1:8080"), ("listen", ":8080", "127.0.0.1:8080"),
    ("callback-allow-networks", "10.0.0.0", "CIDRs"),
    ("claim-lease", "10s", "35s"), ("retry-max-interval", "10ms", "retry-initial-interval"),
  ])
  func problemsNameValueRangeAndOrigin(name: String, value: String, legal: String)
    async throws
  {
    let setting = try #require(Setting.named(name))
    let problems = await problems(of: .reading(environment: [setting.variable: value]))
    #expect(problems.count == 1)
    for part in [name, "\"\(value)\"", legal, setting.variable] {
      #expect(problems.allSatisfy { $0.contains(part) })
    }
  }

  @Test func allProblemsAreReportedTogether() async throws {
    let files = try SettingsFolder([
      "c.yaml": "maxInFlite: 1\nclaimLease: 1s\nretention:\n", "secrets/no-such": "1",
      "secrets/index-limit": "1",
    ])
    let problems = await problems(
      of: .reading(
        flags: ["max-in-flight": "many"], unknownFlags: ["--shards"],
        environment: ["TIMERD_NO_SUCH": "1", "TIMERD_LISTEN": "8080", "PATH": "x"],
        secrets: files.path("secrets"), file: files.path("c.yaml")))
    let expected = [
      "--max-in-flight", "--shards", "TIMERD_NO_SUCH", "TIMERD_LISTEN", "file no-such", "file index-limit",
      "key maxInFlite", "key claimLease", "key retention",
    ]
    #expect(problems.count == expected.count)
    for name in expected { #expect(problems.contains { $0.contains(name) }) }
    #expect(problems.allSatisfy { !$0.contains("\n") })
  }

  @Test(arguments: [
    ("message.timeout.ms=60000", "kafka-delivery-timeout"), ("delivery.timeout.ms=60000", "5s"),
    ("enable.idempotence=false", "enable.idempotence=true"), ("acks=1", "acks=all"),
    ("request.required.acks=0", "request.required.acks=all"),
    ("enable.auto.commit=true", "enable.auto.commit"), ("auto.commit.enable=true", "auto.commit.enable"),
    ("enable.auto.offset.store=true", "enable.auto.offset.store"),
    ("auto.offset.reset=latest", "auto.offset.reset=earliest"), ("transactional.id=t", "transaction"),
    ("delivery.report.only.error=true", "delivery.report.only.error=false"),
  ])
  func unsafeKafkaPropertiesAreRefused(property: String, advice: String) async {
    let problems = await problems(
      of: .reading(flags: ["kafka": "127.0.0.1:9092", "kafka-properties": "linger.ms=2,\(property)"]))
    #expect(problems.count == 1)
    #expect(problems.first?.contains("kafka-properties") == true)
    #expect(problems.first?.contains(advice) == true, "\(problems)")
  }

  @Test func otherKafkaPropertiesAreAccepted() async {
    let problems = await problems(
      of: .reading(flags: [
        "kafka": "127.0.0.1:9092", "kafka-properties": "acks=all,enable.idempotence=true,linger.ms=2",
      ]))
    #expect(problems.isEmpty)
  }

  private func problems(of source: SettingsSource) async -> [String] {
    do {
      _ = try ServerConfiguration(source)
      return []
    } catch {
      return error.problems
    }
  }
}
