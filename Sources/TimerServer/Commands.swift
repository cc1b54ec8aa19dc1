import ArgumentParser
import Glibc
import Logging
import PersistenceSQLite
import Telemetry
import TimerModel

/// Writes for people: data to standard output, messages to standard error.
enum Console {
  static func error(_ text: String) {
    let line = Array((text + "\n").utf8)
    // Nothing can be done about a closed standard error.
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}

/// `timerd serve`
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Runs the service until SIGTERM or SIGINT.")

  @OptionGroup var options: SettingsOptions

  func run() async throws {
    let configuration = try options.configuration()
    LogOutput.bootstrap(level: configuration.logLevel, format: configuration.logFormat)
    do {
      try await serve(configuration, logger: Logger(label: "timerd"))
    } catch let error as StoreError {
      Console.error("timerd: \(error)")
      throw ExitCode.failure
    }
  }
}

/// `timerd migrate`
struct Migrate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Brings the store to this version's schema.")

  @OptionGroup var options: SettingsOptions

  func run() async throws {
    let configuration = try options.configuration()
    let made = try await SQLiteTimerStore.migrate(
      path: configuration.storePath, shardCount: configuration.shardCount)
    print(made.isEmpty ? "nothing to do" : made.joined(separator: "\n"))
  }
}

/// `timerd config`
struct Config: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints the settings in effect with their origins, secrets redacted.")

  @Flag(help: "Print JSON.") var json = false
  @OptionGroup var options: SettingsOptions

  func run() throws {
    let source = try options.source()
    _ = try options.configuration()
    let rows = Setting.all.map { setting in
      let value = source.values[setting.name]
      let isHidden = setting.isSecret && value?.text.isEmpty == false
      return (setting.name, isHidden ? "(redacted)" : value?.text ?? "", value?.origin ?? "")
    }
    guard json else {
      for (name, value, origin) in rows {
        print("\(name)\(String(repeating: " ", count: max(1, 30 - name.utf8.count)))\(value)  (\(origin))")
      }
      return
    }
    var writer = JSONWriter()
    writer.object { writer in
      for (name, value, origin) in rows {
        writer.name(text: name)
        writer.object { writer in
          writer.name("value")
          writer.string(value)
          writer.name("origin")
          writer.string(origin)
        }
      }
    }
    print(String(decoding: writer.bytes, as: UTF8.self))
  }
}

/// `timerd version`
struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "version", abstract: "Prints the version.")

  func run() { print(Version.number) }
}
