import Glibc

/// Measures the processor time of threads.
enum ProcessorTime {
  static var ofThisThread: Duration {
    // As words: whose the members of timespec are depends on which of the C modules that the targets import comes first.
    var time: (seconds: Int, nanoseconds: Int) = (0, 0)
    withUnsafeMutableBytes(of: &time) { words in
      guard let place = words.baseAddress?.assumingMemoryBound(to: timespec.self) else { return }
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, place)
    }
    return .seconds(time.seconds) + .nanoseconds(time.nanoseconds)
  }
}
