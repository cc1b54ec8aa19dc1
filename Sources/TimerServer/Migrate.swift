import ArgumentParser
import PersistenceSQLite
import TimerModel

/// `timerd migrate`
struct Migrate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Brings the store to this version's schema.",
    discussion: """
      Examples:
        timerd migrate
        timerd migrate --store sqlite:/var/lib/timerd/timers.db

      `timerd serve` does the same when it starts.

      \(Timerd.exitCodes)
      """)

  @OptionGroup var options: SettingsOptions

  func run() async throws {
    let configuration = try await options.configuration()
    do {
      let made = try await SQLiteTimerStore.migrate(
        path: configuration.storePath, shardCount: configuration.shardCount)
      print(made.isEmpty ? "nothing to do" : made.joined(separator: "\n"))
    } catch let error as StoreError {
      Console.error("timerd: \(error)")
      throw ExitCode.failure
    }
  }
}
