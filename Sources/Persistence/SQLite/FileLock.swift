import Glibc
import Synchronization
import TimerModel

/// The right to be the only one that uses a database file, by whatever path; given back when the process ends, however it ends.
///
/// The lock is on the file itself, for its open description: it holds against every other opening, of this process as well, and does
/// not go with the first descriptor that is closed, as SQLite's own locks do. It is on a byte that SQLite neither locks nor stores
/// anything in. Versions before it lock a file beside the database, which says as well which process holds it; that is taken too.
final class FileLock: Sendable {
  /// The database file, not its companion.
  let file: DatabaseFile
  /// Both open files: the database and its companion; nil once the lock is given back.
  private let descriptors: Mutex<(database: Int32, companion: Int32)?>

  /// The files that this process has locked. A second descriptor on such a file must not even be opened: closing it would take away the locks that
  /// SQLite holds on the first.
  private static let held = Mutex<Set<DatabaseFile.Identity>>([])

  /// Takes the lock of the database that `path` leads to; creates the file if there is none.
  ///
  /// - Throws: `StoreError` with code `inUse` if somebody holds it.
  init(ofDatabaseAt path: String) throws(StoreError) {
    let (file, database) = try Self.lockDatabase(path)
    self.file = file
    let companionPath = file.path + ".lock"
    let companion = open(companionPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    descriptors = Mutex((database, companion))
    // A throw from here on runs `deinit`.
    guard companion >= 0 else { throw DatabaseFile.unusable(companionPath, "cannot be opened for writing") }
    guard flock(companion, LOCK_EX | LOCK_NB) == 0 else {
      throw Self.inUse(path, by: Self.holder(companion))
    }
    let text = "\(getpid())\n"
    ftruncate(companion, 0)
    _ = text.withCString { pwrite(companion, $0, strlen($0), 0) }
  }

  deinit { release() }

  /// Gives the lock back at once; SQLite must have closed the file before. Closing alone would not give it back where a child process,
  /// forked just now, still has copies of the descriptors.
  func release() {
    descriptors.withLock { descriptors in
      guard let (database, companion) = descriptors else { return }
      descriptors = nil
      if companion >= 0 {
        flock(companion, LOCK_UN)
        close(companion)
      }
      Self.held.withLock { held in
        var byte = Self.range(F_UNLCK)
        _ = fcntl(database, Self.setLock, &byte)
        flock(database, LOCK_UN)
        close(database)
        held.remove(file.identity)
      }
    }
  }

  private static func lockDatabase(_ path: String) throws(StoreError) -> (DatabaseFile, Int32) {
    try held.withLock { held throws(StoreError) in
      if let identity = DatabaseFile.identity(of: path), held.contains(identity) {
        throw inUse(path, by: Int(getpid()))
      }
      let descriptor = try DatabaseFile.open(path)
      do throws(StoreError) {
        let file = try DatabaseFile(path: path, descriptor: descriptor)
        try lock(descriptor, path)
        held.insert(file.identity)
        return (file, descriptor)
      } catch {
        close(descriptor)
        throw error
      }
    }
  }

  /// F_OFD_SETLK: a lock of the open file description.
  private static let setLock: Int32 = 37

  /// SQLite's locks are the 512 bytes from 1 GiB on, in a page that holds nothing else.
  private static func range(_ type: Int32) -> Glibc.flock {
    var range = Glibc.flock()
    range.l_type = Int16(type)
    range.l_whence = Int16(SEEK_SET)
    range.l_start = 0x4000_0000 + 1023
    range.l_len = 1
    return range
  }

  private static func lock(_ descriptor: Int32, _ path: String) throws(StoreError) {
    var byte = range(F_WRLCK)
    if fcntl(descriptor, setLock, &byte) == 0 { return }
    var code = errno
    // A kernel that has no such locks.
    if code == EINVAL {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
      code = errno
    }
    guard code == EAGAIN || code == EACCES else {
      throw DatabaseFile.refusal(
        "\(path) cannot be locked: \(String(cString: strerror(code))); put it on a local disk")
    }
    throw inUse(path, by: holder(path))
  }

  private static func inUse(_ path: String, by holder: Int?) -> StoreError {
    let name = holder.map { " (process \($0))" } ?? ""
    return StoreError(code: .inUse, message: "\(path) is used by another timerd\(name)", isRetriable: false)
  }

  private static func holder(_ path: String) -> Int? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    let companion = open(String(cString: resolved) + ".lock", O_RDONLY | O_CLOEXEC)
    guard companion >= 0 else { return nil }
    defer { close(companion) }
    return holder(companion)
  }

  private static func holder(_ descriptor: Int32) -> Int? {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return Int(String(decoding: bytes.prefix(max(count, 0)).prefix { $0 > 0x20 }, as: UTF8.self))
  }
}
