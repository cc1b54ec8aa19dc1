import CEpoll
import Glibc

/// An event of the kernel by which any thread ends the wait of the one that watches it.
package final class WakeEvent: Sendable {
  /// The file descriptor to wait for, until it can be read.
  package let descriptor: Int32

  /// Creates an event that nobody has signalled.
  package init() {
    descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    precondition(descriptor >= 0, "the system refused a file descriptor: error \(errno)")
  }

  deinit { close(descriptor) }

  /// Forgets the signals that came.
  package func clear() {
    var count = eventfd_t()
    eventfd_read(descriptor, &count)
  }

  /// Ends the wait that runs, or the next one. Never blocks.
  package func signal() {
    // It can only fail when the counter is full, and then the thread wakes anyway.
    eventfd_write(descriptor, 1)
  }
}
