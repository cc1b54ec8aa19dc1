import ArgumentParser

@main
struct Timerd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "timerd",
    abstract: "Calls back at a time you name, whatever breaks in between.",
    discussion: """
      Examples:
        timerd serve --store sqlite:./data/timerd.db
        timerd serve --config timerd.yaml --listen 0.0.0.0:8080
        timerd migrate --store sqlite:./data/timerd.db
        timerd config --json
        timerd healthcheck --listen 127.0.0.1:8080
        timerd nodes --store postgres://timerd@db/timerd
        timerd timers get orders o-17
        timerd bench --target http://127.0.0.1:8080 --rate 1000
        timerd completions bash
        timerd version

      \(sources) `timerd serve --help` lists them all.

      \(exitCodes)
      """,
    version: Version.number,
    subcommands: [
      Serve.self, Migrate.self, Config.self, Healthcheck.self, Nodes.self, Timers.self, Bench.self,
      Completions.self,
      VersionCommand.self,
    ],
    defaultSubcommand: Serve.self)

  /// Parses the command line and runs its command.
  static func main() async {
    let words = CommandLine.arguments.dropFirst()
    // The parser handles `--help` before it checks the command. It would show the help of `serve`.
    if let word = unknownCommand(in: words) {
      Console.error(
        "timerd: \"\(SettingsText.value(word))\" is not a command; timerd --help lists the commands")
      Self.exit(withError: ExitCode(64))
    }
    await main(Array(words))
  }

  /// Returns the first word that stands where a command should and is not one.
  static func unknownCommand(in words: some Sequence<String>) -> String? {
    var command: any ParsableCommand.Type = Self.self
    for word in words {
      let known = command.configuration.subcommands
      guard !known.isEmpty, !word.hasPrefix("-"), word != "help" else { return nil }
      guard let next = known.first(where: { $0._commandName == word }) else { return word }
      command = next
    }
    return nil
  }

  static let sources = """
    Every setting is a flag (--max-in-flight), a variable (TIMERD_MAX_IN_FLIGHT), a file in the secrets directory \
    (max-in-flight) or a key of the configuration file (maxInFlight); the first of these wins, then the default.
    """

  static let exitCodes = "Exit codes: 0 success, 1 failure, 64 wrong usage, 78 wrong configuration."
}
