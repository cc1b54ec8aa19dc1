import CEpoll
import Glibc

/// An event of the kernel by which any thread ends the wait of the one that watches it.
final class WakeEvent: Sendable {
  let descriptor: Int32

  init() {
    descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    precondition(descriptor >= 0, "the kernel has no event for a client of libcurl")
  }

  deinit { close(descriptor) }

  /// Forgets the signals that came.
  func clear() {
    var count = eventfd_t()
    eventfd_read(descriptor, &count)
  }

  /// Ends the wait that runs, or the next one. Never blocks.
  func signal() { eventfd_write(descriptor, 1) }
}
