import ArgumentParser
import TimerModel

struct Migrate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Brings the store to this version's schema.",
    discussion: """
      Examples:
        timerd migrate
        timerd migrate --store postgres://timerd@db.example.com/timerd

      `timerd serve` does the same when it starts, unless --migrate-on-start false.

      \(Timerd.exitCodes)
      """)

  @OptionGroup var options: SettingsOptions

  func run() async throws {
    let configuration = try await options.configuration()
    do {
      let made = try await OpenedStore.migrate(configuration.store, shardCount: configuration.shardCount)
      print(made.isEmpty ? "nothing to do" : made.joined(separator: "\n"))
    } catch let error as StoreError {
      Console.error("timerd: \(error)")
      throw ExitCode.failure
    }
  }
}
