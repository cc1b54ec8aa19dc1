import Glibc
import TimerModel

/// Reads files that an operator names: of bounded size, and never from a device or a pipe, which may not end.
enum SettingsFile {
  /// More than all settings take.
  static let largest = 256 << 10

  /// Reads the file at `path`, links followed.
  static func read(_ path: String, largest: Int = largest) throws(FileError) -> [UInt8] {
    // Without O_NONBLOCK the opening of a pipe waits for somebody who writes.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(code: errno) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw FileError(code: EISDIR) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw FileError("it is not a regular file") }
    // A file of the kernel's has no size, and one that is written meanwhile another.
    var bytes = [UInt8](repeating: 0, count: largest + 1)
    var count = 0
    while count < bytes.count {
      let more = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
      }
      if more == 0 { break }
      guard more > 0 else {
        if errno == EINTR { continue }
        throw FileError(code: errno)
      }
      count += more
    }
    guard count <= largest else { throw FileError("it is larger than \(largest >> 10) KiB") }
    return Array(bytes.prefix(count))
  }

  /// Reads a file as text; throws if it is not UTF-8.
  static func text(_ path: String) throws(FileError) -> String {
    let bytes = try read(path)
    guard let text = String(validating: bytes, as: UTF8.self) else { throw FileError("it is not UTF-8") }
    return text
  }
}
