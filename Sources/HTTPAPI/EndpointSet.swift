/// The endpoints that one port serves.
enum EndpointSet: Sendable {
  /// All of it.
  case all
  /// Timers only.
  case timers
  /// Health and metrics only.
  case administration

  func serves(_ route: Route) -> Bool {
    switch self {
    case .all: true
    case .timers: !route.isAdministrative
    case .administration: route.isAdministrative
    }
  }
}
