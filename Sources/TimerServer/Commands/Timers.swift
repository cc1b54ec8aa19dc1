import ArgumentParser

struct Timers: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Asks a node about timers.",
    discussion: """
      Example:
        timerd timers get orders o-17
      """,
    subcommands: [TimersGet.self])
}
