import ArgumentParser
import CurlClient
import HTTPAPI

struct Healthcheck: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Asks the service at --admin-listen, or --listen, whether it is ready; exit code 0 means yes.",
    discussion: """
      Examples:
        timerd healthcheck
        timerd healthcheck --listen 127.0.0.1:8080

      It takes the settings as `timerd serve` does, and uses these two only.

      Exit codes: 0 ready, 1 not ready, 64 wrong usage, 78 wrong configuration.
      """)

  @OptionGroup var options: SettingsOptions

  func run() async throws {
    let configuration = try await options.configuration()
    let address = configuration.api.administration
    let (host, port) = (address?.host ?? configuration.api.host, address?.port ?? configuration.api.port)
    let status = await Self.get("/readyz", host: host, port: port)
    guard status == 200 else {
      let answer = status.map { "answers \($0)" } ?? "does not answer"
      Console.error("timerd: not ready: \(host):\(port) \(answer)")
      throw ExitCode.failure
    }
    print("ready")
  }

  /// The status of the answer; nil if there is none within three seconds.
  private static func get(_ path: String, host: String, port: Int) async -> Int? {
    let target = host == "0.0.0.0" ? "127.0.0.1" : host == "::" ? "::1" : host
    let name = target.contains(":") ? "[\(target)]" : target
    let request = CurlRequest(method: .get, url: "http://\(name):\(port)\(path)", timeoutMilliseconds: 3000)
    let client = CurlClient(configuration: CurlConfiguration(), threadName: "healthcheck")
    return await withTaskGroup(of: Void.self) { group in
      group.addTask { await client.run() }
      defer { client.stop() }
      // No answer is what the caller reports.
      return try? await client.send(request).get().status
    }
  }
}
