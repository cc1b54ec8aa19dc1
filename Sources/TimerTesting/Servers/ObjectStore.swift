import Foundation

/// An object store (moto's S3) for a broker that is to survive its own end.
final class ObjectStore: Sendable {
  static let bucket = "tansu"

  private let port: Int
  private let folder: URL
  private let process: ServerProcess

  static func start() async throws -> ObjectStore {
    let store = try ObjectStore()
    try await RedisServer.wait(for: "moto on port \(store.port)") { LocalPort.isListening(store.port) }
    _ = try await RedisServer.run(["curl", "-sSf", "-X", "PUT", "\(store.url)/\(bucket)"])
    return store
  }

  private init() throws {
    port = LocalPort.free()
    folder = FileManager.default.temporaryDirectory.appending(path: "timerd-moto-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    process = try ServerProcess(
      [PythonTools.path("moto_server"), "-H", "127.0.0.1", "-p", "\(port)"],
      log: folder.appending(path: "log"), asThisUser: true)
  }

  deinit {
    process.stop(SIGKILL)
    try? FileManager.default.removeItem(at: folder)  // What remains is in the temporary directory.
  }

  /// What the broker needs to know.
  var environment: [String: String] {
    [
      "AWS_ENDPOINT": url, "AWS_ALLOW_HTTP": "true", "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "false",
      "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests",
    ]
  }

  private var url: String { "http://127.0.0.1:\(port)" }
}
