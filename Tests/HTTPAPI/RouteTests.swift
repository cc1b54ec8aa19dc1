import Testing

@testable import HTTPAPI

/// Each path with its resource.
@Suite struct RouteTests {
  private static let routes: [(String, String?, Route)] = [
    ("/livez", nil, .administration(.live)), ("/readyz", nil, .administration(.ready(isVerbose: false))),
    ("/readyz", "verbose", .administration(.ready(isVerbose: true))),
    ("/metrics", nil, .administration(.metrics)),
    ("/groups/g/timers", nil, .timers(.collection(group: "g", prefix: ""))),
    ("/api/v1/groups/g/timers", nil, .timers(.collection(group: "g", prefix: "/api/v1"))),
    ("/groups", "pageSize=1", .timers(.groups)), ("/api/v1/groups", nil, .timers(.groups)),
    ("/groups/-/timers:count", "groupBy=status", .timers(.count(group: "-"))),
    ("/groups/g/timers:batchGet", nil, .timers(.batchGet(group: "g"))),
    ("/groups/g/timers:batchCancel", nil, .timers(.batchCancel(group: "g"))),
    ("/groups/g/timers/t%2D1", nil, .timers(.timer(group: "g", id: "t-1"))),
    ("/groups/g/timers/t/attempts", nil, .timers(.attempts(group: "g", id: "t"))),
    ("/groups/g/timers/fire/fire", nil, .timers(.fire(group: "g", id: "fire"))),
    ("/api/v1/groups/g/timers/t%2D1/redrive", nil, .timers(.redrive(group: "g", id: "t-1"))),
  ]

  @Test(arguments: routes)
  func pathsNameResources(path: String, query: String?, route: Route) throws {
    #expect(try Route(path: path, query: query) == route)
  }

  @Test(arguments: routes)
  func eachResourceIsServedByItsPort(path: String, query: String?, route: Route) {
    let isOfTimers = path.contains("/groups")
    #expect(EndpointSet.all.serves(route))
    #expect(EndpointSet.timers.serves(route) == isOfTimers)
    #expect(EndpointSet.administration.serves(route) == !isOfTimers)
  }
}
