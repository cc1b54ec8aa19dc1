import TestSupport

extension BadInput {
  /// Lists and counts whose parameters break rules.
  static let queries: [BadInput] = parameters + tokens + unserved + otherPaths

  private static let parameters: [BadInput] = [
    list("status=", "#/status"), list("status=waiting", "#/status"), list("status=Dead", "#/status"),
    list("status=dead&status=gone", "#/status"), list("status=dead,delivered", "#/status"),
    list("tag=customer", "#/tag"), list("tag=", "#/tag"), list("tag=:42", "#/tag"),
    list("tag=a%20b:1", "#/tag"),
    list("tag=a:\(String(repeating: "x", count: 257))", "#/tag"),
    list("tag=\(String(repeating: "n", count: 65)):1", "#/tag"),
    list("executeAfter=tomorrow", "#/executeAfter"), list("executeBefore=", "#/executeBefore"),
    list("endedAfter=2026-02-30T00:00:00Z", "#/endedAfter"), list("endedBefore=1795447800", "#/endedBefore"),
    list("executeAfter=2026-11-23T15:30:00Z&executeAfter=2026-11-23T15:31:00Z", "#/executeAfter"),
    list("destination=", "#/destination"), list("destination=https://example.com/path", "#/destination"),
    list("destination=ftp://example.com", "#/destination"), list("destination=a%20b", "#/destination"),
    list("lastStatus=", "#/lastStatus"), list("lastStatus=6xx", "#/lastStatus"),
    list("lastStatus=5XX", "#/lastStatus"), list("lastStatus=0404", "#/lastStatus"),
    list("lastStatus=ok", "#/lastStatus"), list("idPrefix=", "#/idPrefix"),
    list("idPrefix=a/b", "#/idPrefix"),
    list("idPrefix=\(String(repeating: "a", count: 256))", "#/idPrefix"),
    list("idPrefix=a&idPrefix=b", "#/idPrefix"),
    list("q=", "#/q"), list("q=\(String(repeating: "a", count: 257))", "#/q"), list("q=a&q=b", "#/q"),
    list("orderBy=", "#/orderBy"), list("orderBy=id", "#/orderBy"),
    list("orderBy=executeAt%20up", "#/orderBy"),
    list("orderBy=executeAt,createdAt", "#/orderBy"), list("orderBy=executeAt%20desc%20desc", "#/orderBy"),
    list("pageSize=-1", "#/pageSize"), list("pageSize=ten", "#/pageSize"), list("pageSize=1.5", "#/pageSize"),
    list("pageSize=", "#/pageSize"), list("pageSize=1&pageSize=2", "#/pageSize"),
    list("color=red", "#/color"), list("Status=dead", "#/Status"), list("a%2Fb=1", "#/a~1b"),
    list("=1", "#/"),
    list("color=red&pageSize=x", "#/color", "#/pageSize"),
  ]

  private static let tokens: [BadInput] = [
    list("pageToken=x", "#/pageToken"), list("pageToken=00", "#/pageToken"),
    list("pageToken=zz", "#/pageToken"),
    // Of another list: version 1, no such hash.
    list("pageToken=312f302f2f2f672f74", "#/pageToken"),
    list("pageToken=00&pageToken=00", "#/pageToken"),
    refused("/groups?pageToken=00", "#/pageToken"), refused("/groups?pageSize=-5", "#/pageSize"),
    refused("/groups?status=dead", "#/status"),
  ]

  private static let unserved: [BadInput] = [
    refused("/groups/-/timers?q=a", "#/q"), refused("/groups/-/timers?idPrefix=a", "#/idPrefix"),
    refused("/groups/-/timers?lastStatus=timeout", "#/lastStatus"),
    refused("/groups/-/timers?destination=http://a.b", "#/destination"),
    refused("/groups/-/timers?executeBefore=2026-11-23T15:30:00Z", "#/executeBefore"),
    refused("/groups/-/timers?orderBy=createdAt", "#/orderBy"),
    refused("/groups/-/timers?orderBy=executeAt", "#/orderBy"),
    refused("/groups/-/timers?orderBy=createdAt%20desc&status=dead", "#/orderBy"),
    refused("/groups/-/timers:count?q=a", "#/q"),
  ]

  private static let otherPaths: [BadInput] = [
    refused("/groups/a%20b/timers", "#/groupId"), refused("/groups/a%20b/timers:count", "#/groupId"),
    refused("/groups/g/timers:count?groupBy=color", "#/groupBy"),
    refused("/groups/g/timers:count?groupBy=tag:", "#/groupBy"),
    refused("/groups/g/timers:count?groupBy=tag:a%20b", "#/groupBy"),
    refused("/groups/g/timers:count?orderBy=executeAt", "#/orderBy"),
    refused("/groups/g/timers:count?pageSize=5", "#/pageSize"),
    .rejected("half an escape", WireRequest("GET", "/groups/g/timers?q=%2"), 400, "malformed-request"),
    .rejected("broken UTF-8", WireRequest("GET", "/groups?pageToken=%FF"), 400, "malformed-request"),
    .rejected("POST to groups", WireRequest("POST", "/groups", json: "{}"), 405, "method-not-allowed"),
    .rejected(
      "POST to a count", WireRequest("POST", "/groups/g/timers:count", json: "{}"), 405, "method-not-allowed"),
    .rejected("a group", WireRequest("GET", "/groups/g"), 404, "unknown-path"),
    .rejected(
      "a timer in all groups",
      WireRequest(
        "POST", "/groups/-/timers",
        json: "{\"executeAt\": \"2026-11-23T15:31:00Z\", \"callbackUrl\": \"http://a.b/\"}"), 422,
      "invalid-timer",
      "#/groupId"),
    .rejected(
      "one timer of all groups", WireRequest("GET", "/groups/-/timers/t"), 422, "invalid-timer", "#/groupId"),
    .rejected(
      "a batch in all groups", WireRequest("POST", "/groups/-/timers:batchGet", json: "{\"ids\": [\"a\"]}"),
      422,
      "invalid-timer", "#/groupId"),
  ]

  private static func list(_ query: String, _ pointers: String...) -> BadInput {
    refused("/groups/g/timers?\(query)", pointers)
  }

  private static func refused(_ target: String, _ pointers: String...) -> BadInput {
    refused(target, pointers)
  }

  private static func refused(_ target: String, _ pointers: [String]) -> BadInput {
    BadInput(
      name: String(target.prefix(80)), request: WireRequest("GET", target), status: 422,
      problem: "invalid-query",
      pointers: pointers)
  }
}
