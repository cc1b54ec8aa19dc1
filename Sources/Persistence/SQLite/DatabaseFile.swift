import Glibc
import TimerModel

/// A database's file under the one name by which SQLite may know it.
///
/// SQLite keeps its journal beside the file, under the file's name: a file with two names can have two journals, of which each
/// name sees one. Symbolic links are followed; what cannot be followed is refused.
struct DatabaseFile: Sendable {
  /// Its absolute path without links.
  let path: String
  /// The file on the disk, whatever its names.
  let identity: Identity

  /// A file on a disk, whatever its names.
  struct Identity: Hashable, Sendable {
    let device: UInt64
    let number: UInt64

    init(_ status: stat) {
      device = UInt64(status.st_dev)
      number = UInt64(status.st_ino)
    }
  }

  /// Finds out what `path` leads to and creates the file if there is none.
  ///
  /// - Parameter descriptor: the open file.
  init(path given: String, descriptor: Int32) throws(StoreError) {
    guard let status = Self.status(of: descriptor) else { throw Self.unusable(given, "cannot be examined") }
    identity = Identity(status)
    guard let resolved = realpath(given, nil) else { throw Self.unusable(given, "has no path of its own") }
    defer { free(resolved) }
    path = String(cString: resolved)
    guard status.st_nlink == 1 else {
      throw Self.refusal(
        """
        \(path) has \(status.st_nlink) names (hard links), and the journal is found by one of them: remove the others, or copy the \
        file while no timerd runs
        """)
    }
    guard !Self.isMountPoint(path) else {
      throw Self.refusal(
        """
        \(path) is mounted by itself, and the journal beside it would stay behind: mount its folder instead
        """)
    }
    let end = path.utf8.lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex
    let folder = end == path.startIndex ? "/" : String(path[..<end])
    guard faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0 else {
      throw Self.unusable(folder, "cannot be written, and the journal is kept beside the file")
    }
  }

  /// Opens the file for reading and writing, and creates it if there is none.
  static func open(_ path: String) throws(StoreError) -> Int32 {
    var status = stat()
    // A device or a pipe is not even opened.
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw refusal("\(path) is not a regular file")
    }
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o600)
    guard descriptor >= 0 else { throw unusable(path, "cannot be opened for writing") }
    return descriptor
  }

  /// Returns the file that `path` leads to; nil if there is nothing.
  static func identity(of path: String) -> Identity? {
    var status = stat()
    return stat(path, &status) == 0 ? Identity(status) : nil
  }

  /// True while the path leads to the file.
  var isInPlace: Bool { Self.identity(of: path) == identity }

  private static func status(of descriptor: Int32) -> stat? {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? status : nil
  }

  /// Says what is wrong with a path, why, and as whom this process tried.
  static func unusable(_ path: String, _ what: String) -> StoreError {
    let reason = String(cString: strerror(errno))
    var status = stat()
    let owner = stat(path, &status) == 0 ? "it belongs to user \(status.st_uid), " : ""
    return refusal("\(path) \(what): \(reason) (\(owner)this process runs as user \(geteuid()))")
  }

  static func refusal(_ message: String) -> StoreError {
    StoreError(code: .unavailable, message: message, isRetriable: false)
  }

  /// Returns true if a file of the host was mounted over a file of a container, rather than a folder over a folder.
  private static func isMountPoint(_ path: String) -> Bool {
    guard let mounts = fopen("/proc/self/mountinfo", "re") else { return false }
    defer { fclose(mounts) }
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(line) }
    while getline(&line, &capacity, mounts) > 0, let text = line {
      // The fifth field is the mount point; blanks, tabs, line ends and backslashes in it are octal numbers.
      let fields = String(cString: text).split(separator: " ", maxSplits: 5)
      if fields.count > 4, unescaped(fields[4]) == path { return true }
    }
    return false
  }

  private static func unescaped(_ field: Substring) -> String {
    guard field.contains("\\") else { return String(field) }
    var bytes: [UInt8] = []
    var rest = Array(field.utf8)[...]
    while let byte = rest.popFirst() {
      let digits = String(decoding: rest.prefix(3), as: UTF8.self)
      if byte == UInt8(ascii: "\\"), let value = UInt8(digits, radix: 8) {
        bytes.append(value)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
