/// A question for timers: of which group, which of them, and in which order.
public struct TimerQuery: Hashable, Sendable {
  /// The group; nil stands for all groups.
  public var groupID: String?
  /// Selects timers of the group.
  public var filter: TimerFilter
  /// The order that the client asked for; nil leaves it to the filter.
  public var order: TimerOrder?

  /// Creates a query; for all timers of all groups unless told otherwise.
  public init(groupID: String? = nil, filter: TimerFilter = TimerFilter(), order: TimerOrder? = nil) {
    self.groupID = groupID
    self.filter = filter
    self.order = order
  }
}

/// A combination of parameters that no index serves. Nothing was read.
public struct UnservedQueryError: Error, Hashable, Sendable {
  /// The name of the parameter that cannot be served.
  public var parameter: String
  /// The remedy, in words that follow the parameter's name.
  public var advice: String

  /// Creates an error; `advice` names what to add or to leave out.
  public init(_ parameter: String, _ advice: String) {
    self.parameter = parameter
    self.advice = advice
  }
}
