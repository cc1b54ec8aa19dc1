import Glibc
import Synchronization

/// Metrics of this process that the system knows, read from /proc at each scrape.
package final class ProcessMetrics: Sendable {
  private let processor: Count
  private let resident: Gauge
  private let virtual: Gauge
  private let openFiles: Gauge
  private let maxFiles: Gauge
  private let threads: Gauge
  private let counted = Mutex<Int>(0)

  /// Creates a reader, and notes when the process started.
  package init(_ instruments: Instruments) {
    processor = instruments.count(.processCPU)
    resident = instruments.gauge(.processResident)
    virtual = instruments.gauge(.processVirtual)
    openFiles = instruments.gauge(.processOpenFiles)
    maxFiles = instruments.gauge(.processMaxFiles)
    threads = instruments.gauge(.processThreads)
    if let start = Self.startTime { instruments.gauge(.processStart).set(start) }
  }

  /// Reads `getrusage` and /proc, and sets the instruments.
  package func read() {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let used = Self.nanoseconds(usage.ru_utime) + Self.nanoseconds(usage.ru_stime)
    processor.add(
      counted.withLock { counted in
        defer { counted = max(counted, used) }
        return max(0, used - counted)
      })
    let pages = Self.text("/proc/self/statm").split(separator: " ").compactMap { Int($0) }
    if pages.count > 1 {
      virtual.set(pages[0] * sysconf(Int32(_SC_PAGESIZE)))
      resident.set(pages[1] * sysconf(Int32(_SC_PAGESIZE)))
    }
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    maxFiles.set(Double(limit.rlim_cur))
    openFiles.set(Self.entries("/proc/self/fd"))
    threads.set(Self.entries("/proc/self/task"))
  }

  private static func nanoseconds(_ time: timeval) -> Int {
    time.tv_sec * 1_000_000_000 + Int(time.tv_usec) * 1000
  }

  /// Seconds since 1970: when the machine started, and how long after that the process did.
  private static var startTime: Double? {
    // The name of the program, in parentheses, may hold spaces.
    let fields = text("/proc/self/stat").split(separator: ")").last?.split(separator: " ") ?? []
    let boot = text("/proc/stat").split(separator: "\n").first { $0.hasPrefix("btime ") }
      .flatMap { Double($0.dropFirst(6)) }
    guard let boot, fields.count > 19, let ticks = Double(fields[19]) else { return nil }
    return boot + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  private static func entries(_ folder: String) -> Int {
    guard let handle = opendir(folder) else { return 0 }
    defer { closedir(handle) }
    var count = 0
    while readdir(handle) != nil { count += 1 }
    return count - 2  // Itself and its parent are listed too.
  }

  private static func text(_ path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }
}
