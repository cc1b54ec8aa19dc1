/// Something that the service needs, and that can be asked how it is.
public protocol HealthCheck: Sendable {
  /// A short name, such as `store`.
  var name: String { get }

  /// Asks; answers within a second or so, whatever the other side does.
  func check() async -> HealthReport
}

/// The answer of a `HealthCheck`.
public struct HealthReport: Hashable, Sendable {
  /// In one word, from well to unwell.
  public enum Condition: String, Sendable, CaseIterable {
    /// As it should be.
    case ok
    /// The service works without it, but not as well.
    case degraded
    /// The service cannot work.
    case down
  }

  /// The state of the dependency, by what it means for the service.
  public var condition: Condition
  /// Further details without secrets, on one line.
  public var detail: String?
  /// The time that the dependency took to answer; nil if that was not measured.
  public var latency: Duration?

  /// Creates a report; `detail` must hold no secrets.
  public init(_ condition: Condition, detail: String? = nil, latency: Duration? = nil) {
    self.condition = condition
    self.detail = detail
    self.latency = latency
  }
}
