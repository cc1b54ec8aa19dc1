import Foundation

/// The wall clock of one service process, which a test steps while the process runs.
///
/// Timers fire by that clock; `nowMilliseconds` reads it. All other clocks of the process, and those of the test, go on.
final class SteppableClock {
  private let file: URL
  private let offset: UnsafeMutablePointer<Int64>
  private(set) var offsetMilliseconds: Int64 = 0

  /// The environment in which a process uses this clock.
  let environment: [String: String]

  /// Creates a clock that is right.
  init() throws {
    let library = try ClockShim.library.get()
    file = FileManager.default.temporaryDirectory.appending(path: "timerd-clock-\(UUID().uuidString)")
    try Data(count: MemoryLayout<Int64>.size).write(to: file)
    let descriptor = open(file.path, O_RDWR | O_CLOEXEC)
    defer { close(descriptor) }
    let mapped = mmap(nil, MemoryLayout<Int64>.size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    guard let mapped, mapped != MAP_FAILED else { throw CocoaError(.fileReadUnknown) }
    offset = mapped.bindMemory(to: Int64.self, capacity: 1)
    environment = ["LD_PRELOAD": library.path, "CLOCK_SHIM_FILE": file.path]
  }

  deinit {
    munmap(offset, MemoryLayout<Int64>.size)
    try? FileManager.default.removeItem(at: file)  // What remains is in the temporary directory.
  }

  /// Sets the clock to be off by `seconds`.
  func set(offBySeconds seconds: Int64) {
    offsetMilliseconds = seconds * 1000
    offset.pointee = seconds * 1_000_000_000
  }

  /// The time that it shows.
  var nowMilliseconds: Int64 { WallClock.milliseconds() + offsetMilliseconds }
}
