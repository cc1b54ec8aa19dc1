import ArgumentParser
import FoundationEssentials
import JSONBytes
import NodeRuntime
import PersistencePostgres
import Testing
import TimerModel
import TimerTesting

@testable import TimerServer

/// Generated passwords, in every place where one can stand; nothing that people may see shows six characters of one.
@Suite struct SecretsTests {
  /// Every printable character is in one of them, and several of those that mean something somewhere are in each.
  private static let passwords: [String] = {
    var generator = SeededGenerator(seed: 12)
    let printable = (0x20...0x7E).map { Character(UnicodeScalar(UInt8($0))) }
    let marks = Array("@/?#=,'\"\\%&: ;{}[]*!|>-")
    let random = (0..<12).map { _ in
      String(
        (0..<Int.random(in: 12...24, using: &generator)).map { place in
          (place % 3 == 2 ? marks : printable).randomElement(using: &generator) ?? "x"
        })
    }
    let sweep = stride(from: 0, to: printable.count, by: 12).map {
      String(printable[$0..<min($0 + 12, printable.count)])
    }
    return random + sweep + [
      "12/34567890", "12?34567890@x", "sezam7,akcs=1sezam7", "pass&usr=other9", "%41%42%43sezam7",
      "*anchors", "&anchors !tags",
      "port:12,9000/abcdef@", "über-geheim@ß/straße", "a,b.c=sezam7sezam7",
    ]
  }()

  private static func encoded(_ password: String) -> String {
    password.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
  }

  /// As little encoded as people do it, who know of no character but these.
  private static func halfEncoded(_ password: String) -> String {
    password.replacing("%", with: "%25").replacing("@", with: "%40")
  }

  /// Settings that hold `password`, as it is or encoded, rightly or not.
  private static func places(_ password: String) -> [(name: String, value: String)] {
    let forms = [password, encoded(password), halfEncoded(password)]
    let stores = forms.flatMap { form in
      [
        "postgres://u:\(form)@127.0.0.1:1/db",
        "postgres://u:\(form)@127.0.0.1:1,127.0.0.1:2/db?sslmode=disable",
        "postgresql://127.0.0.1:1/db?user=u&password=\(form)",
        "postgres://127.0.0.1:1/db?sslpassword=\(form)&sslmode=require",
        "mysql://u:\(form)@h/db", "postgres:/u:\(form)@h/db", "redis://\(form)@h",
        "host=h user=u password='\(form)'", "PASSWORD=\(form)",
      ]
        // A name without a colon behind it is a user's, if it looks like one.
        + (form.allSatisfy { $0.isLetter || $0.isNumber } ? [] : ["postgres://\(form)@127.0.0.1:1/db"])
    }
    let indexes = forms.flatMap { form in
      [
        "redis://u:\(form)@127.0.0.1/0", "redis://:\(form)@127.0.0.1:6379?prefix=p", "rediss://u:\(form)@h",
        "redis+sentinel://u:\(form)@h,h/master?sentinel-password=\(form)", "redis+cluster://:\(form)@h,h",
        "unix:/run/redis.sock?user=u&password=\(form)", "redis://h?password=\(form)",
      ]
    }
    let properties = [password, password.replacing(",", with: "\\,")].flatMap { form in
      [
        "sasl.mechanisms=PLAIN,sasl.username=u,sasl.password=\(form)", "ssl.key.password=\(form)",
        "ssl.keystore.password=\(form)",
        "ssl.key.pem=\(form)", "sasl.oauthbearer.client.secret=\(form)",
        "sasl.oauthbearer.config=principal=\(form)",
        "sasl.jaas.config=\(form)", "sasl.oauthbearer.token.endpoint.url=https://u:\(form)@h/",
        "sasl.pasword=\(form)",
        "\(form)=1", "acks=all,\(form)",
      ]
    }
    return stores.map { ("store", $0) } + indexes.map { ("index", $0) }
      + properties.map { ("kafka-properties", $0) }
      + [("callback-signing-secrets", password), ("callback-signing-secrets", "whsec_\(password)")]
      // In a place where nobody looks for an address.
      + ["listen", "retention", "shard-count", "log-level", "kafka", "node-id", "accept-lossy-store"].map {
        ($0, "postgres://u:\(password)@127.0.0.1/db")
      }
  }

  /// Returns true if `text` shows six characters of a secret, which help to guess it.
  private static func shows(_ text: String, _ password: String) -> Bool {
    let forms = [password, encoded(password), halfEncoded(password)]
    let parts = forms.reduce(into: Set<UInt64>()) { $0.formUnion(sixes($1)) }
    return sixes(text).contains { parts.contains($0) }
  }

  /// All runs of six bytes, as numbers.
  private static func sixes(_ text: String) -> [UInt64] {
    var (last, count) = (UInt64(0), 0)
    return text.utf8.compactMap { byte in
      last = (last << 8 | UInt64(byte)) & 0xFFFF_FFFF_FFFF
      count += 1
      return count < 6 ? nil : last
    }
  }

  /// All that is said of the settings: by `timerd config`, by the errors of its start, by the log's first line.
  private static func said(_ source: SettingsSource) -> String {
    var said = [Config.text(source), Config.json(source)]
    do {
      said.append(try ServerConfiguration(source).shownStore)
    } catch { said += error.problems }
    return said.joined(separator: "\n")
  }

  @Test func flagErrorsHidePasswords() async {
    for (number, password) in Self.passwords.enumerated() {
      let places = Self.places(password)
      // Not every place for every password: each is there many times.
      for (name, value) in places.indices.filter({ $0 % 5 == number % 5 }).map({ places[$0] }) {
        let kafka = name == "kafka" ? [:] : ["kafka": "127.0.0.1:9092"]
        for given in name == "kafka-properties" ? [[:], kafka] : [kafka] {
          let flags = await SettingsSource.reading(flags: given.merging([name: value]) { $1 })
          let text = Self.said(flags)
          #expect(!Self.shows(text, password), "\(name) = \(value): \(text.prefix(2000))")
        }
      }
    }
  }

  @Test func fileErrorsHidePasswords() async throws {
    for (number, password) in Self.passwords.enumerated() {
      let places = Self.places(password)
      // Not every place for every password: each is there several times.
      for (name, value) in places.indices.filter({ $0 % 23 == number % 23 }).map({ places[$0] }) {
        let key = try #require(Setting.named(name)).fileKey
        var quoted = JSONWriter()
        quoted.string(value)
        let files = try SettingsFolder([
          "c.yaml": "\(key): \(value)\n", "d.yaml": "\(key): \(quoted.text)\n",
          "e.yaml": "\(value)\n\(key): 1",
          "f.yaml": "\(key): [\(value)", "c.json": "{\"\(key)\": \(quoted.text)}",
          "d.json": "{\"\(key)\": \"\(value)\"",
          "e.json": "{\(quoted.text): 1}", "secrets/\(name)": value + "\n",
        ])
        for file in ["c.yaml", "d.yaml", "e.yaml", "f.yaml", "c.json", "d.json", "e.json"] {
          let text = Self.said(await SettingsSource.reading(file: files.path(file)))
          #expect(!Self.shows(text, password), "\(file), \(name) = \(value): \(text.prefix(2000))")
        }
        let text = Self.said(await SettingsSource.reading(secrets: files.path("secrets")))
        #expect(!Self.shows(text, password), "secret \(name) = \(value): \(text.prefix(2000))")
      }
    }
  }

  @Test func storeErrorsHidePasswords() async throws {
    for password in Self.passwords {
      for (name, value) in Self.places(password) where name == "store" && value.hasPrefix("postgres") {
        var configuration = PostgresConfiguration(connectionString: value)
        configuration.connectTimeout = .milliseconds(1)
        let error = await #expect(throws: StoreError.self) {
          _ = try await PostgresTimerStore.open(configuration: configuration, clock: SystemClock())
        }
        let text = error.map { "\($0) \($0.cause.map { "\($0)" } ?? "")" } ?? ""
        #expect(!Self.shows(text, password), "\(value): \(text)")
      }
    }
  }

  @Test func usageErrorsHidePasswords() {
    // The parser takes a second or two for each message; what it says does not depend on the password.
    for password in Self.passwords.filter({ !$0.hasPrefix("-") }).prefix(2) {
      for word in ["postgres://u:\(password)@h/db", "redis://:\(password)@h"] {
        do {
          _ = try Timerd.parseAsRoot(["serve", word])
          Issue.record("a word too many was taken")
        } catch {
          #expect(!Self.shows(Timerd.fullMessage(for: error), password), "\(word)")
        }
      }
    }
  }
}
