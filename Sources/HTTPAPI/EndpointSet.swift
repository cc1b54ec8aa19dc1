/// The endpoints that one port serves.
enum EndpointSet: Sendable {
  case all
  /// Everything that is about timers.
  case timers
  /// Health and metrics only.
  case administration

  func serves(_ route: Route) -> Bool {
    switch (self, route) {
    case (.all, _), (.timers, .timers), (.administration, .administration): true
    case (.timers, .administration), (.administration, .timers): false
    }
  }
}
