import ArgumentParser
import CurlClient

struct TimersGet: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Prints what happened to a timer.",
    discussion: """
      Examples:
        timerd timers get orders o-17
        timerd timers get orders o-17 --json
        timerd timers get orders o-17 --url https://timers.example.com

      Exit codes: 0 success, 1 no such timer or no answer, 64 wrong usage.
      """)

  @Argument(help: "The timer's group.") var group: String
  @Argument(help: "The timer's id.") var id: String
  @Flag(help: "Print JSON.") var json = false
  @Option(help: "The address of a node.") var url = "http://127.0.0.1:8080"

  func run() async throws {
    let base = url.hasSuffix("/") ? String(url.dropLast()) : url
    let path = "/groups/\(Self.escaped(group))/timers/\(Self.escaped(id))/attempts"
    switch await Self.get(base + path) {
    case .failure(let error):
      Console.error("timerd: no answer from \(AddressPassword.redacted(url)): \(error)")
      throw ExitCode.failure
    case .success(let answer) where answer.status != 200:
      let problem =
        answer.status == 404 ? "timer \(group)/\(id) does not exist" : "the node answered \(answer.status)"
      Console.error("timerd: \(problem)")
      throw ExitCode.failure
    case .success(let answer):
      print(json ? String(decoding: answer.body, as: UTF8.self) : try Timeline(json: answer.body).text)
    }
  }

  private static func get(_ url: String) async -> Result<CurlResponse, CurlError> {
    var configuration = CurlConfiguration()
    configuration.maxResponseBytes = 1 << 20
    let client = CurlClient(configuration: configuration, threadName: "timerd-get")
    async let running: Void = client.run()
    let answer = await client.send(CurlRequest(method: .get, url: url, timeoutMilliseconds: 10_000))
    client.stop()
    await running
    return answer
  }

  /// Characters that a path may not hold as they are; the node judges the rest.
  private static func escaped(_ text: String) -> String {
    text.utf8.reduce(into: "") { path, byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        path.unicodeScalars.append(UnicodeScalar(byte))
      default: path += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
  }
}
