import ArgumentParser
import JSONBytes

struct Config: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints the settings in effect with their origins, secrets redacted.",
    discussion: """
      Examples:
        timerd config
        timerd config --json --config timerd.yaml
        timerd config --max-in-flight 512

      It takes and checks the settings as `timerd serve` does, and starts nothing.

      \(Timerd.exitCodes)
      """)

  @Flag(help: "Print JSON.") var json = false
  @OptionGroup var options: SettingsOptions

  func run() async throws {
    let source = try await options.source()
    _ = try options.configuration(source)
    print(json ? Self.json(source) : Self.text(source))
  }

  static func text(_ source: SettingsSource) -> String {
    let width = Setting.all.map { $0.name.count }.max() ?? 0
    return Setting.all.compactMap { setting in
      source.values[setting.name].map { value in
        let name = setting.name + String(repeating: " ", count: width - setting.name.count)
        return "\(name)  \(value.shown.isEmpty ? "none" : value.shown)  (\(value.origin))"
      }
    }.joined(separator: "\n")
  }

  static func json(_ source: SettingsSource) -> String {
    var writer = JSONWriter()
    writer.object { writer in
      for setting in Setting.all {
        guard let value = source.values[setting.name] else { continue }
        writer.name(text: setting.name)
        writer.object { writer in
          writer.member("value", value.shown)
          writer.member("origin", value.origin)
        }
      }
    }
    return writer.text
  }
}
