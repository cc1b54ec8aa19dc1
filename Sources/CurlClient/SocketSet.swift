import CEpoll
import CLibcurl
import Glibc
import NodeRuntime
import TimerModel

/// The sockets that libcurl waits for, as an epoll set, and when it wants to be called without one. Lives on the loop's
/// thread only.
///
/// A connection stays in the set, for reading, while libcurl has no use for it: most are used again at once, and the system
/// calls that would take it out and put it back are saved.
final class SocketSet {
  private struct Entry {
    /// Tells this socket from others that had the same number.
    var generation: UInt32 = 0
    /// The events that the kernel was asked for; zero for a socket that it does not watch.
    var watched: UInt32 = 0
    /// The events that libcurl waits for.
    var wanted: UInt32 = 0
    /// True if we hear of its end before its number can be used again.
    var isOurs = false
  }

  private let epoll: Int32
  private let wake: WakeEvent
  private let stalls: StallGuard
  /// By number of the socket.
  private var entries: [Entry] = []
  private var deadline: MonotonicInstant?
  private let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: SocketSet.maxEvents)

  private static let maxEvents = 256
  private static let wakeMark = UInt64.max
  private static let reading = EPOLLIN.rawValue
  private static let writing = EPOLLOUT.rawValue

  init(wake: WakeEvent, stalls: StallGuard) {
    self.wake = wake
    self.stalls = stalls
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    precondition(epoll >= 0, "the kernel has no set of sockets for a client of libcurl")
    events.initialize(repeating: epoll_event(), count: Self.maxEvents)
    var event = epoll_event()
    // By edges, so that nobody has to read it: each signal is one.
    event.events = Self.reading | EPOLLET.rawValue
    event.data.u64 = Self.wakeMark
    let result = epoll_ctl(epoll, EPOLL_CTL_ADD, wake.descriptor, &event)
    precondition(result == 0, "the kernel does not watch an event")
  }

  deinit {
    close(epoll)
    events.deallocate()
  }

  // MARK: What libcurl says

  /// A socket was opened of which `closed` will tell the end.
  func opened(_ socket: curl_socket_t) {
    guard socket >= 0 else { return }
    makeRoom(socket)
    entries[Int(socket)] = Entry(generation: entries[Int(socket)].generation &+ 1, isOurs: true)
    stalls.opened(socket)
  }

  /// A socket is about to be closed: the kernel then forgets it by itself.
  func closed(_ socket: curl_socket_t) {
    stalls.closing(socket)
    guard entries.indices.contains(Int(socket)) else { return }
    entries[Int(socket)] = Entry(generation: entries[Int(socket)].generation &+ 1)
  }

  /// Takes note that libcurl waits for other events at a socket.
  func watch(_ socket: curl_socket_t, _ what: Int32) {
    stalls.progress()
    guard socket >= 0 else { return }
    makeRoom(socket)
    let index = Int(socket)
    entries[index].wanted =
      switch what {
      case CURL_POLL_IN: Self.reading
      case CURL_POLL_OUT: Self.writing
      case CURL_POLL_INOUT: Self.reading | Self.writing
      default: 0
      }
    let entry = entries[index]
    let staysForLater = entry.wanted == 0 && entry.isOurs && entry.watched == Self.reading
    if !staysForLater { settle(socket) }
    if what == CURL_POLL_REMOVE, !entry.isOurs { entries[index].generation &+= 1 }
  }

  /// libcurl wants to be called after so many milliseconds, or not at all if they are negative.
  func setTimer(milliseconds: Int) {
    stalls.progress()
    deadline = milliseconds < 0 ? nil : SystemClock.monotonic() + .milliseconds(milliseconds)
  }

  // MARK: Waiting

  /// Waits until a socket is ready, the wake event is signalled or libcurl wants to be called, `atMost` milliseconds (-1: for
  /// as long as it takes); calls `ready` with each socket and what it is ready for, in libcurl's bits. Returns
  /// whether anything ended it but time.
  func wait(atMost: Int32, _ ready: (curl_socket_t, Int32) -> Void) -> Bool {
    let count = epoll_wait(epoll, events, Int32(Self.maxEvents), timeout(atMost))
    guard count > 0 else { return false }
    for index in 0..<Int(count) where events[index].data.u64 != Self.wakeMark {
      let socket = curl_socket_t(truncatingIfNeeded: events[index].data.u64)
      let entry = entries[Int(socket)]
      // The socket that this was about may be gone since, and its number be another's.
      guard entry.generation == UInt32(events[index].data.u64 >> 32) else { continue }
      guard entry.wanted != 0 else {
        settle(socket)
        continue
      }
      ready(socket, Self.bits(events[index].events, wanted: entry.wanted))
    }
    return true
  }

  /// Returns true if libcurl wants to be called without a socket; asked once for each time.
  func takeTimer() -> Bool {
    guard let deadline, deadline <= SystemClock.monotonic() else { return false }
    self.deadline = nil
    return true
  }

  private func timeout(_ atMost: Int32) -> Int32 {
    guard let deadline else { return atMost }
    let left = max(0, (deadline.microseconds(since: SystemClock.monotonic()) + 999) / 1000)
    return atMost < 0 ? Int32(clamping: left) : min(atMost, Int32(clamping: left))
  }

  private static func bits(_ events: UInt32, wanted: UInt32) -> Int32 {
    // What is broken is ready for all that is waited for: libcurl finds the reason itself.
    let isBroken = events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0
    let both = isBroken ? wanted : events & wanted
    return (both & reading != 0 ? CURL_CSELECT_IN : 0) | (both & writing != 0 ? CURL_CSELECT_OUT : 0)
  }

  // MARK: The kernel's set

  private func makeRoom(_ socket: curl_socket_t) {
    let missing = Int(socket) + 1 - entries.count
    if missing > 0 { entries.append(contentsOf: repeatElement(Entry(), count: missing)) }
  }

  /// Asks the kernel for what libcurl waits for. Where it has no room, the attempt ends by its time-out.
  private func settle(_ socket: curl_socket_t) {
    let entry = entries[Int(socket)]
    guard entry.watched != entry.wanted else { return }
    var event = epoll_event()
    event.events = entry.wanted
    event.data.u64 = UInt64(entry.generation) << 32 | UInt64(UInt32(bitPattern: socket))
    let operation =
      entry.wanted == 0 ? EPOLL_CTL_DEL : entry.watched == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD
    let result = epoll_ctl(epoll, operation, socket, &event)
    entries[Int(socket)].watched = result == 0 || operation == EPOLL_CTL_DEL ? entry.wanted : entry.watched
  }
}
