import Testing

@testable import TimerServer

@Suite struct SettingsRedactionTests {
  private static let secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"

  private func everySource(_ name: String, _ value: String) async throws -> [SettingsSource] {
    let setting = try #require(Setting.named(name))
    let files = try SettingsFolder([
      "c.yaml": "\(setting.fileKey): \(value)", "c.json": "{\"\(setting.fileKey)\": \"\(value)\"}",
      "secrets/\(name)": value,
    ])
    return [
      await .reading(flags: [name: value]), await .reading(environment: [setting.variable: value]),
      await .reading(secrets: files.path("secrets")), await .reading(file: files.path("c.yaml")),
      await .reading(file: files.path("c.json")),
    ]
  }

  @Test func secretsAreNotPrinted() async throws {
    for source in try await everySource("callback-signing-secrets", Self.secret) {
      #expect(source.values["callback-signing-secrets"]?.text == Self.secret)
      for text in [Config.text(source), Config.json(source)] {
        #expect(!text.contains(Self.secret))
        #expect(text.contains("(redacted)"))
      }
    }
  }

  @Test func invalidSecretsAreNotPrinted() async throws {
    for source in try await everySource("callback-signing-secrets", "whsec_short") {
      #expect {
        try ServerConfiguration(source)
      } throws: { error in
        guard let problems = (error as? ServerConfiguration.SettingsError)?.problems else { return false }
        return problems.count == 1 && problems[0].contains("24 to 64 bytes")
          && !problems[0].contains("whsec_short")
      }
    }
  }

  @Test func mountedSecretsAreRedacted() async throws {
    let files = try SettingsFolder(["secrets/node-id": "hidden", "secrets/log-level": "loud"])
    let source = await SettingsSource.reading(secrets: files.path("secrets"))
    #expect(source.values["node-id"]?.shown == "(redacted)")
    #expect(source.problems.count == 1)
    #expect(source.problems.allSatisfy { !$0.contains("loud") && $0.contains("one of trace") })
  }

  @Test func refusedStoreAddressIsNotPrinted() async throws {
    let source = await SettingsSource.reading(environment: ["TIMERD_STORE": "mysql://u:word@host/db"])
    #expect {
      try ServerConfiguration(source)
    } throws: { error in
      guard let problems = (error as? ServerConfiguration.SettingsError)?.problems else { return false }
      return problems.count == 1 && problems[0].contains("sqlite:") && !problems[0].contains("word")
    }
  }

  @Test(arguments: [
    (
      "postgres://u:word@host:5432/db?sslmode=require", "postgres://u:(redacted)@host:5432/db?sslmode=require"
    ),
    ("postgres://u@a,b/db", "postgres://u@a,b/db"),
    (
      "postgres://host/db?user=u&password=word&sslmode=require",
      "postgres://host/db?user=u&password=(redacted)&sslmode=require"
    ),
    // It may be the rest of a password with a & in it.
    (
      "postgres://host/db?user=u&password=word&x=1",
      "postgres://host/db?user=u&password=(redacted)&(redacted)"
    ),
    ("postgres://u:wo/rd@host/db", "postgres://(redacted)"), ("postgres:/u:word@host/db", "(redacted)"),
    ("redis://:wo@rd@host", "redis://(redacted)"),
    ("redis://:word@[::1]:6379/0", "redis://:(redacted)@[::1]:6379/0"), ("sqlite:./a@b:c", "sqlite:./a@b:c"),
    ("unix:/run/redis.sock?password=word", "unix:/run/redis.sock?password=(redacted)"),
  ])
  func addressPasswordsAreRedacted(address: String, shown: String) async throws {
    #expect(AddressPassword.redacted(address) == shown)
  }
}
