import ArgumentParser

/// The command line.
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

  static let sources = """
    Every setting is a flag (--max-in-flight), a variable (TIMERD_MAX_IN_FLIGHT), a file in the secrets directory \
    (max-in-flight) or a key of the configuration file (maxInFlight); the first of these wins, then the default.
    """

  static let exitCodes = "Exit codes: 0 success, 1 failure, 64 wrong usage, 78 wrong configuration."
}
