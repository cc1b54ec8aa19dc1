import ArgumentParser
import FoundationEssentials

/// The flags that all commands share.
struct SettingsOptions: ParsableArguments {
  @Option(help: "A YAML or JSON file with settings (TIMERD_CONFIG).")
  var config: String?

  @Option(help: "A directory with one file per setting, for secrets (TIMERD_SECRETS_DIR).")
  var secretsDir: String?

  @Argument(parsing: .allUnrecognized, help: "Any setting as --name value; `timerd config` lists them.")
  var settings: [String] = []

  /// Reads all sources.
  func source() throws -> SettingsSource {
    let environment = ProcessInfo.processInfo.environment
    return SettingsSource(
      flags: try flags(), environment: environment,
      secretsDirectory: secretsDir ?? environment["TIMERD_SECRETS_DIR"],
      file: config ?? environment["TIMERD_CONFIG"])
  }

  /// The checked configuration; ends the process with code 78 and all problems if there are any.
  func configuration() throws -> ServerConfiguration {
    let source = try source()
    do {
      return try ServerConfiguration(source)
    } catch {
      for problem in error.problems { Console.error("timerd: \(problem)") }
      throw ExitCode(78)
    }
  }

  private func flags() throws -> [String: String] {
    var flags: [String: String] = [:]
    var rest = settings[...]
    while let flag = rest.popFirst() {
      guard flag.hasPrefix("--") else { throw ValidationError("\"\(flag)\" is no flag") }
      let parts = flag.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
        throw ValidationError("\(flag) needs a value")
      }
      flags[String(parts[0])] = value
    }
    return flags
  }
}
