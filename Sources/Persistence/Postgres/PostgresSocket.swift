import CLibpq
import Glibc
import NodeRuntime
import TimerModel

/// Waiting on a connection's socket with a deadline; blocks its thread.
enum PostgresSocket {
  /// Waits until the socket is ready.
  ///
  /// - Returns: whether it became ready before `deadline`.
  static func wait(_ connection: OpaquePointer, toWrite: Bool, until deadline: MonotonicInstant) -> Bool {
    let interest = Int16(toWrite ? POLLIN | POLLOUT : POLLIN)
    return poll(connection, interest, until: deadline)
  }

  /// Waits until the socket can be written, and for nothing else, as connecting asks for.
  static func waitToWrite(_ connection: OpaquePointer, until deadline: MonotonicInstant) -> Bool {
    poll(connection, Int16(POLLOUT), until: deadline)
  }

  /// Returns true if there is something to read, which on an idle connection is most often its end.
  static func hasInput(_ connection: OpaquePointer) -> Bool {
    poll(connection, Int16(POLLIN), until: .distantPast)
  }

  /// Lets the thread rest between two attempts to connect: there is nothing to wait for but the time itself.
  static func rest(until deadline: MonotonicInstant) {
    while true {
      let left = deadline.microseconds(since: SystemClock.monotonic())
      guard left > 0 else { return }
      usleep(UInt32(min(left, 900_000)))
    }
  }

  private static func poll(
    _ connection: OpaquePointer, _ events: Int16, until deadline: MonotonicInstant
  ) -> Bool {
    while true {
      var descriptor = pollfd(fd: PQsocket(connection), events: events, revents: 0)
      guard descriptor.fd >= 0 else { return true }
      let left = deadline == .distantPast ? 0 : max(0, deadline.microseconds(since: SystemClock.monotonic()))
      let ready = Glibc.poll(&descriptor, 1, Int32(min((left + 999) / 1000, 60_000)))
      if ready > 0 { return true }
      if ready == 0, deadline == .distantPast || SystemClock.monotonic() >= deadline { return false }
    }
  }
}
