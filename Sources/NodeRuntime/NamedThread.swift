import Glibc

/// A thread for calls that block, which must not run on Swift's cooperative pool.
package enum NamedThread {
  private final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  /// Starts a thread that does `body` and ends; `name` shows in the system's lists, cut to 15 characters.
  package static func start(name: String, body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let start = Unmanaged.passRetained(Start(name: name, body: body))
    let status = pthread_create(&thread, nil, entry, start.toOpaque())
    precondition(status == 0, "the system refused a thread: error \(status)")
    pthread_detach(thread)
  }

  private static let entry: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
    argument in
    guard let argument else { return nil }
    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
    setName(start.name)
    start.body()
    return nil
  }

  /// Through /proc, since `pthread_setname_np` is hidden behind a macro that Swift's Glibc does not set.
  private static func setName(_ name: String) {
    guard let file = fopen("/proc/thread-self/comm", "w") else { return }
    defer { fclose(file) }
    fputs(String(name.prefix(15)), file)
  }
}
