import Foundation
import Glibc
import PersistenceSQLite
import Testing
import TimerModel
import TimerTesting

/// One file, one process, by whatever path.
@Suite final class FileLockTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "timerd-\(UUID().uuidString)")
  private let clock = ManualClock()
  private var path: String { folder.appending(path: "t.db").path }

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func opening(_ path: String) async -> StoreError? {
    do {
      try await SQLiteTimerStore.open(path: path, clock: clock).close()
      return nil
    } catch { return error as? StoreError }
  }

  @Test func everyPathSharesOneLock() async throws {
    let manager = FileManager.default
    let store = try await SQLiteTimerStore.open(path: path, clock: clock)
    let (link, other) = (folder.appending(path: "link.db").path, folder.appending(path: "other").path)
    try manager.createSymbolicLink(atPath: link, withDestinationPath: "t.db")
    try manager.createSymbolicLink(atPath: other, withDestinationPath: folder.path)
    let file = Glibc.open(path, O_RDONLY)
    let paths = [
      path, link, other + "/t.db", other + "/link.db", folder.path + "/./t.db",
      folder.path + "/../" + folder.lastPathComponent + "/t.db", "/proc/self/fd/\(file)",
      "/proc/self/root" + path,
      Self.relative(path),
    ]
    for path in paths {
      let error = await opening(path)
      #expect(error?.code == .inUse && error?.isRetriable == false, "\(path): \(String(describing: error))")
    }
    try store.close()
    // SQLite is not at work in this process any more.
    close(file)
    #expect(await opening(link) == nil)
    #expect(!manager.fileExists(atPath: link + "-wal") && !manager.fileExists(atPath: link + ".lock"))
  }

  @Test func secondOpeningKeepsFirstLock() async throws {
    let store = try await SQLiteTimerStore.open(path: path, clock: clock)
    #expect(await opening(path)?.code == .inUse)
    // Another process looks at the locks: SQLite's own is still there, and so is ours.
    for (start, length) in [(0x4000_0002, 510), (0x4000_03FF, 1)] {
      #expect(try Self.isLocked(path, start: start, length: length))
    }
    try store.close()
    #expect(try !Self.isLocked(path, start: 0x4000_03FF, length: 1))
  }

  @Test func danglingLinkCreatesItsTarget() async throws {
    let link = folder.appending(path: "link.db").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "t.db")
    let store = try await SQLiteTimerStore.open(path: link, clock: clock)
    #expect(FileManager.default.fileExists(atPath: path))
    #expect(await opening(path)?.code == .inUse)
    try store.close()
  }

  @Test func hardLinkedFileIsRefused() async throws {
    #expect(await opening(path) == nil)
    try FileManager.default.linkItem(atPath: path, toPath: folder.appending(path: "second.db").path)
    for name in ["t.db", "second.db"] {
      let error = await opening(folder.appending(path: name).path)
      #expect(error?.message.contains("2 names (hard links)") == true, "\(String(describing: error))")
    }
    try FileManager.default.removeItem(at: folder.appending(path: "second.db"))
    #expect(await opening(path) == nil)
  }

  @Test func writesFailOnceFileIsGone() async throws {
    let store = try await SQLiteTimerStore.open(path: path, clock: clock)
    _ = try await store.apply([Self.create("before")])
    let aside = folder.appending(path: "aside.db").path
    try FileManager.default.moveItem(atPath: path, toPath: aside)
    let removed = await #expect(throws: StoreError.self) {
      _ = try await store.apply([Self.create("removed")])
    }
    #expect(removed?.code == .unavailable && removed?.outcome == .notApplied)
    #expect(removed?.message.contains("was replaced or removed") == true)
    try Data().write(to: URL(filePath: path))
    await #expect(throws: StoreError.self) { _ = try await store.apply([Self.create("replaced")]) }
    await #expect(throws: StoreError.self) {
      _ = try await store.timers([TimerKey(groupID: "g", timerID: "x")])
    }
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.moveItem(atPath: aside, toPath: path)
    _ = try await store.apply([Self.create("after")])
    let keys = ["before", "removed", "replaced", "after"].map { TimerKey(groupID: "g", timerID: $0) }
    #expect(try await store.timers(keys).map { $0 != nil } == [true, false, false, true])
    try store.close()
  }

  @Test(arguments: ["/dev/null", "/dev/zero", "pipe", "folder"])
  func irregularFilesAreRefusedUnopened(name: String) async throws {
    let path = name.hasPrefix("/") ? name : folder.appending(path: name).path
    if name == "pipe" { mkfifo(path, 0o600) }
    if name == "folder" {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    #expect(await opening(path)?.message == "\(path) is not a regular file")
  }

  @Test func unwritablePathIsNamedWithReason() async throws {
    // Not even root can create a file there.
    let error = await opening("/sys/t.db")
    #expect(error?.code == .unavailable && error?.isRetriable == false)
    for part in ["/sys/t.db cannot be opened for writing: ", "this process runs as user \(geteuid())"] {
      #expect(error?.message.contains(part) == true, "\(String(describing: error))")
    }
  }

  private static func create(_ id: String) -> TimerCommand {
    let definition = TimerDefinition(
      executeAt: Timestamp(milliseconds: 1_000_000_000_000),
      destination: .http(HTTPDestination(url: "http://example.com/")))
    return .create(CreateTimer(key: TimerKey(groupID: "g", timerID: id), definition: definition))
  }

  private static func relative(_ path: String) -> String {
    let up = FileManager.default.currentDirectoryPath.split(separator: "/").map { _ in ".." }
    return up.joined(separator: "/") + path
  }

  /// Returns true if a process other than this one is kept from locking the bytes.
  private static func isLocked(_ path: String, start: Int, length: Int) throws -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c",
      """
      import fcntl, sys
      try: fcntl.lockf(open(sys.argv[1], 'r+b'), fcntl.LOCK_EX | fcntl.LOCK_NB, \(length), \(start))
      except BlockingIOError: sys.exit(7)
      """, path,
    ]
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus == 7
  }
}
