import Glibc
import TimerModel

/// The right to be the only process that uses a database file; given back when the process ends, however it ends.
final class FileLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock of the database at `path`.
  ///
  /// - Throws: `StoreError` with code `inUse` if somebody holds it.
  init(ofDatabaseAt path: String) throws(StoreError) {
    let lockPath = path + ".lock"
    descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw StoreError(
        code: .unavailable, message: "cannot open \(lockPath): \(String(cString: strerror(errno)))",
        isRetriable: false)
    }
    // flock and not fcntl: it also keeps a second store of the same process out. A throw from here on runs `deinit`.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let holder = Self.holder(descriptor).map { " (process \($0))" } ?? ""
      throw StoreError(
        code: .inUse, message: "\(path) is used by another timerd\(holder)", isRetriable: false)
    }
    let text = "\(getpid())\n"
    ftruncate(descriptor, 0)
    _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
  }

  deinit {
    guard descriptor >= 0 else { return }
    release()
    close(descriptor)
  }

  /// Gives the lock back at once. Closing alone would not where a child process, forked just now, still has a copy of the
  /// descriptor.
  func release() { flock(descriptor, LOCK_UN) }

  private static func holder(_ descriptor: Int32) -> Int? {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return Int(String(decoding: bytes.prefix(max(count, 0)).prefix { $0 > 0x20 }, as: UTF8.self))
  }
}
