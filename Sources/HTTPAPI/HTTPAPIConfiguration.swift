import TimerModel

extension HTTPAPI {
  /// Where a server listens.
  public struct Address: Hashable, Sendable {
    /// The address to listen on.
    public var host: String
    /// The port; zero lets the kernel choose.
    public var port: Int

    /// Makes an address.
    public init(host: String, port: Int) {
      self.host = host
      self.port = port
    }
  }

  /// Where the API listens and what it bears.
  public struct Configuration: Hashable, Sendable {
    /// The address to listen on.
    public var host = "127.0.0.1"
    /// The port; zero lets the kernel choose.
    public var port = 8080
    /// Where health and metrics are served instead; nil serves them at the same address.
    public var administration: Address?
    /// How long a request may take from its head to its answer.
    public var requestDeadline: Duration = .seconds(10)
    /// How long a request's body may take to arrive.
    public var bodyTimeout: Duration = .seconds(5)
    /// How long a connection may take, from its start or its last answer, until the next request's head is whole.
    public var idleTimeout: Duration = .seconds(60)
    /// The largest body, in bytes: the largest payload and room for the rest of the timer.
    public var maxBodyBytes = CommandLimits().maxPayloadBytes + 64 * 1024
    /// How many requests may be worked on at once; the next is answered with 503.
    public var maxRequestsInFlight = 4096
    /// How many connections may be open at once; the next waits in the kernel's queue.
    public var maxConnections = 8192

    /// The defaults.
    public init() {}
  }
}
