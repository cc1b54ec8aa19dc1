import Foundation

/// An object store (moto's S3) for a broker that is to survive its own end.
final class ObjectStore: Sendable {
  static let bucket = "tansu"

  private let port: Int
  private let folder: URL
  private let process: ServerProcess

  static func start() async throws -> ObjectStore {
    let store = try ObjectStore()
    try await eventually("moto on port \(store.port)") { LocalPort.isListening(store.port) }
    _ = try await Shell.run(["curl", "-sSf", "-X", "PUT", "\(store.url)/\(bucket)"])
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

  /// Removes what the broker knows of consumer groups, but for their offsets.
  func removeGroups() async throws {
    let program = """
      import sys, boto3
      store = boto3.client("s3", endpoint_url=sys.argv[1], region_name="us-east-1",
          aws_access_key_id="tests", aws_secret_access_key="tests")
      for found in store.list_objects_v2(Bucket=sys.argv[2], Prefix="clusters/tansu_cluster/groups/").get("Contents", []):
          if "/offsets/" not in found["Key"]:
              store.delete_object(Bucket=sys.argv[2], Key=found["Key"])
      """
    _ = try await PythonTools.run(program, [url, Self.bucket])
  }

  /// The environment variables of the broker.
  var environment: [String: String] {
    [
      "AWS_ENDPOINT": url, "AWS_ALLOW_HTTP": "true", "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "false",
      "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests",
    ]
  }

  private var url: String { "http://127.0.0.1:\(port)" }
}
