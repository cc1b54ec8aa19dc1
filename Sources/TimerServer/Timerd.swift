import ArgumentParser

/// The command line.
@main
struct Timerd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "timerd",
    abstract: "Calls back at a time you name, whatever breaks in between.",
    usage: """
      timerd serve --store sqlite:./data/timerd.db
      timerd serve --config timerd.yaml --listen 0.0.0.0:8080
      timerd config --json
      """,
    discussion: """
      Every setting is a flag (--listen), a variable (TIMERD_LISTEN), a file in the secrets directory (listen) or a key \
      of the configuration file (listen); the first of these wins. `timerd config` lists all.

      Exit codes: 0 success, 1 failure, 64 wrong usage, 78 wrong configuration.
      """,
    version: Version.number,
    subcommands: [Serve.self, Migrate.self, Config.self, Healthcheck.self, VersionCommand.self],
    defaultSubcommand: Serve.self)
}
