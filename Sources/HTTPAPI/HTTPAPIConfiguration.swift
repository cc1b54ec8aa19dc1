import TimerWire

extension HTTPAPI {
  /// The address that a server listens on.
  package struct Address: Hashable, Sendable {
    /// The address to listen on.
    package var host: String
    /// The port; zero lets the kernel choose.
    package var port: Int

    package init(host: String, port: Int) {
      self.host = host
      self.port = port
    }
  }

  /// The settings of the API.
  package struct Configuration: Hashable, Sendable {
    /// The address to listen on.
    package var host = "127.0.0.1"
    /// The port; zero lets the kernel choose.
    package var port = 8080
    /// The address of health and metrics; nil serves them at the API's address.
    package var administration: Address?
    /// The timeout of a request, from its head to its answer.
    package var requestDeadline: Duration = .seconds(10)
    /// The timeout for receiving a request's body.
    package var bodyTimeout: Duration = .seconds(5)
    /// The timeout of a connection, from its start or its last answer until the next request's head is
    /// complete.
    package var idleTimeout: Duration = .seconds(60)
    /// The largest body, in bytes: the largest payload and room for the rest of the timer.
    package var maxBodyBytes = CommandLimits().maxPayloadBytes + 64 * 1024
    /// The largest body of a request that creates many timers, in bytes.
    package var maxBatchBodyBytes = 8 << 20
    /// The maximum number of bytes of such requests in flight, together; the next is answered with 503.
    package var maxBatchBytesInFlight = 64 << 20
    /// The maximum number of requests in flight; the next is answered with 503.
    package var maxRequestsInFlight = 1024
    /// The maximum number of lists and counts in flight; the next is answered with 503. One that sorts holds up to 10,000 timers.
    package var maxSearchesInFlight = 16
    /// The maximum number of open connections; the next waits in the kernel's queue.
    package var maxConnections = 8192

    /// Creates a configuration that serves everything at 127.0.0.1:8080.
    package init() {}
  }
}
