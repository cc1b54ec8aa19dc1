import Glibc
import TimerModel

@testable import TimerServer

extension FuzzTarget {
  /// The environment: a line for each variable, `STORE=…`, whose names lack `TIMERD_`.
  static let setting = FuzzTarget(name: "setting", maxBytes: 256) { bytes in
    var variables: [String: String] = [:]
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let (name, value) = Array(line).divided(by: UInt8(ascii: "="))
      variables["TIMERD_" + name.text] = value?.text ?? ""
    }
    // librdkafka checks its properties by itself, in a client that is made for it.
    variables["TIMERD_KAFKA"] = nil
    let source = await SettingsSource(
      flags: [:], environment: variables, secretsDirectory: nil, file: nil)
    // The defaults are the same for every input.
    for value in source.values.values where value.origin != "default" { _ = value.shown }
    _ = try? ServerConfiguration(source)
  }

  /// A settings file: JSON where it begins with a brace, else YAML.
  static let settingsFile = FuzzTarget(name: "settings-file", maxBytes: 512) { bytes in
    let kind = bytes.first == UInt8(ascii: "{") ? "json" : "yaml"
    let path = "/dev/shm/timerd-fuzz-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).\(kind)"
    guard let file = fopen(path, "w") else { throw BrokenRule("\(path) cannot be written") }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    defer { unlink(path) }
    _ = try? SettingsFileKeys(path: path)
  }
}
