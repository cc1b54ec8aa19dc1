import ArgumentParser
import Testing

@testable import TimerServer

@Suite struct CommandLineTests {
  @Test(arguments: [
    ["serve", "--listen", "a:1", "--listen", "b:1"], ["config", "--config", "a.yaml", "--config=b.yaml"],
    ["--retention", "1h", "--retention", "1h"], ["conifg"], ["config", "more"], ["serve", "--listen"],
    ["completions", "csh"], ["completions"],
  ])
  func wrongUsageExitsWith64(arguments: [String]) {
    #expect {
      try Timerd.parseAsRoot(arguments)
    } throws: { error in
      Timerd.exitCode(for: error) == .validationFailure
    }
  }

  @Test(arguments: [
    (["conifg", "--help"], "conifg"), (["timers", "gte", "--help"], "gte"), (["more", "--version"], "more"),
  ])
  func helpOfAnUnknownCommandIsRefused(arguments: [String], unknown: String) {
    #expect(Timerd.unknownCommand(in: arguments) == unknown)
  }

  @Test(arguments: [["--help"], ["timers", "get", "--help"], ["help", "config"], ["timers", "help"], []])
  func helpOfAKnownCommandIsShown(arguments: [String]) {
    #expect(Timerd.unknownCommand(in: arguments) == nil)
  }

  @Test(arguments: [["--shards", "1"], ["--shards=1"], ["--shards", "1", "--listen", "a:1"]])
  func unknownFlagsAreConfigurationProblems(arguments: [String]) async throws {
    let command = try #require(try Timerd.parseAsRoot(["config"] + arguments) as? Config)
    #expect(try await command.options.source().problems.map { $0.prefix(15) } == ["flag --shards: "])
    do {
      _ = try await command.options.configuration()
      Issue.record("an unknown flag was accepted")
    } catch {
      #expect(Timerd.exitCode(for: error).rawValue == 78)
    }
  }

  @Test(arguments: [Serve.self, Migrate.self, Config.self, Healthcheck.self] as [any ParsableCommand.Type])
  func helpExplainsEverySetting(command: any ParsableCommand.Type) {
    let help = Timerd.helpMessage(for: command, columns: 400)
    for setting in Setting.all {
      #expect(help.contains("\(setting.flag) <"))
      #expect(help.contains(setting.help))
      #expect(help.contains("default: \(setting.defaultValue.isEmpty ? "none" : setting.defaultValue))"))
      if case .text = setting.legal { continue }
      #expect(help.contains(setting.legalText))
    }
  }

  @Test func helpBeginsWithExamples() {
    for command in Timerd.configuration.subcommands + [Timerd.self] {
      let lines = Timerd.helpMessage(for: command, columns: 400).split(separator: "\n")
      #expect(lines[1].hasPrefix("Example"))
      #expect(lines[2].contains("timerd "))
    }
    for command in Timerd.configuration.subcommands {
      #expect(Timerd.helpMessage().contains("  timerd \(command._commandName)"))
    }
  }

  @Test(arguments: [CompletionShell.bash, .zsh, .fish])
  func completionsCoverSettingsAndCommands(shell: CompletionShell) {
    let script = Timerd.completionScript(for: shell)
    for setting in Setting.all { #expect(script.contains(setting.name)) }
    for command in Timerd.configuration.subcommands { #expect(script.contains(command._commandName)) }
  }
}
