import ArgumentParser

struct Completions: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints a completion script for a shell.",
    discussion: """
      Examples:
        timerd completions bash > /etc/bash_completion.d/timerd
        timerd completions zsh > /usr/local/share/zsh/site-functions/_timerd
        timerd completions fish > ~/.config/fish/completions/timerd.fish
      """)

  enum Shell: String, ExpressibleByArgument, CaseIterable { case bash, zsh, fish }

  @Argument(help: "The shell.") var shell: Shell

  func run() {
    let known: CompletionShell =
      switch shell {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    print(Timerd.completionScript(for: known))
  }
}
