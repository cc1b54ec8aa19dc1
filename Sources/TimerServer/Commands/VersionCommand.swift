import ArgumentParser

struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Prints the version.",
    discussion: """
      Example:
        timerd version
      """)

  func run() { print(Version.number) }
}
