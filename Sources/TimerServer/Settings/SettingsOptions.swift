import ArgumentParser
import FoundationEssentials

/// The flags that all commands share.
struct SettingsOptions: ParsableArguments {
  // Lists, so that a flag given twice is seen and refused instead of the first being dropped.
  @Option(
    help: ArgumentHelp("A YAML or JSON file with settings. (TIMERD_CONFIG)", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml", "json"]))
  var config: [String] = []

  @Option(
    help: ArgumentHelp(
      "A directory with one file per setting, for secrets. (TIMERD_SECRETS_DIR)", valueName: "directory"),
    completion: .directory)
  var secretsDir: [String] = []

  @OptionGroup(title: "Settings") var flags: SettingsFlags

  // The parser would stop at the first unknown flag; all that is wrong is to be said at once.
  @Argument(parsing: .allUnrecognized, help: .private) var unrecognized: [String] = []

  func validate() throws {
    var given = flags.given
    given["config"] = config
    given["secrets-dir"] = secretsDir
    for name in given.filter({ $0.value.count > 1 }).keys.sorted() {
      throw ValidationError("--\(name) is given more than once")
    }
    _ = try unknownFlags()
  }

  /// Reads flags, variables, the directory of secrets and the file.
  func source() async throws -> SettingsSource {
    let environment = ProcessInfo.processInfo.environment
    return await SettingsSource(
      flags: flags.given.compactMapValues(\.first), unknownFlags: try unknownFlags(),
      environment: environment,
      secretsDirectory: secretsDir.first ?? environment[SettingsLayer.secretsDirectoryVariable],
      file: config.first ?? environment[SettingsLayer.fileVariable])
  }

  /// The checked configuration; ends the process with code 78 and all problems if there are any.
  func configuration() async throws -> ServerConfiguration {
    try configuration(await source())
  }

  /// The checked configuration of what has been read; ends the process like the other.
  func configuration(_ source: SettingsSource) throws -> ServerConfiguration {
    do {
      return try ServerConfiguration(source)
    } catch {
      for problem in error.problems { Console.error("timerd: \(problem)") }
      throw ExitCode(78)
    }
  }

  /// The flags that are none of ours; a word after one is taken for its value.
  private func unknownFlags() throws -> [String] {
    var flags: [String] = []
    var mayBeValue = false
    for word in unrecognized {
      if word.hasPrefix("-") {
        flags.append(String(word.prefix { $0 != "=" }))
        mayBeValue = !word.contains("=")
      } else if mayBeValue {
        mayBeValue = false
      } else {
        throw ValidationError("\"\(SettingsText.value(word))\" is neither a command nor a flag")
      }
    }
    return flags
  }
}
