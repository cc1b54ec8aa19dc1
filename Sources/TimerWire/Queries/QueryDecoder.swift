package import TimerModel

/// A request for a page of timers.
package struct ListRequest: Hashable, Sendable {
  /// The timers that are asked for.
  package var query: TimerQuery
  /// The end of the page before; nil asks for the first page.
  package var position: ScanPosition?
  /// The maximum number of timers.
  package var pageSize: Int
  /// The hash of the parameters, for the token of the next page.
  package var fingerprint: UInt64
}

/// A request for counts of timers.
package struct CountRequest: Hashable, Sendable {
  /// The timers that are asked for.
  package var query: TimerQuery
  /// The property by which they are counted apart; nil counts all together.
  package var grouping: CountGrouping?
}

/// A request for a page of groups.
package struct GroupsRequest: Hashable, Sendable {
  /// The group after which the page begins; nil asks for the first page.
  package var after: String?
  /// The maximum number of groups.
  package var pageSize: Int
  /// The hash of the parameters, for the token of the next page.
  package var fingerprint: UInt64
}

/// Turns the parameters of lists and counts into queries, or says everything that is wrong with them.
package struct QueryDecoder: Sendable {
  /// The name that stands for all groups.
  package static let allGroups = "-"
  /// The size of a page where the request names none.
  package static let defaultPageSize = 50
  /// The size to which a larger one is lowered.
  package static let maxPageSize = 1000

  /// Creates a decoder with the limits that hold for every list.
  package init() {}

  /// Decodes a request for a page of timers.
  package func decodeList(
    _ parameters: QueryParameters, groupID: String
  ) throws(QueryError) -> ListRequest {
    var reader = ParameterReader(parameters, known: Self.filterNames + Self.pageNames + ["orderBy"])
    let fingerprint = PageToken.fingerprint("timers/\(groupID)", parameters)
    let request = ListRequest(
      query: TimerQuery(
        groupID: group(groupID, &reader), filter: filter(&reader), order: reader.order("orderBy")),
      position: reader.position("pageToken", fingerprint), pageSize: reader.pageSize("pageSize"),
      fingerprint: fingerprint)
    try reader.check()
    return request
  }

  /// Decodes a request for counts.
  package func decodeCount(
    _ parameters: QueryParameters, groupID: String
  ) throws(QueryError) -> CountRequest {
    var reader = ParameterReader(parameters, known: Self.filterNames + ["groupBy"])
    let request = CountRequest(
      query: TimerQuery(groupID: group(groupID, &reader), filter: filter(&reader)),
      grouping: reader.grouping("groupBy"))
    try reader.check()
    return request
  }

  /// Decodes a request for a page of groups.
  package func decodeGroups(_ parameters: QueryParameters) throws(QueryError) -> GroupsRequest {
    var reader = ParameterReader(parameters, known: Self.pageNames)
    let fingerprint = PageToken.fingerprint("groups", parameters)
    let request = GroupsRequest(
      after: reader.position("pageToken", fingerprint)?.key.groupID, pageSize: reader.pageSize("pageSize"),
      fingerprint: fingerprint)
    try reader.check()
    return request
  }

  private static let pageNames = ["pageSize", "pageToken"]
  private static let filterNames = [
    "status", "tag", "executeAfter", "executeBefore", "endedAfter", "endedBefore", "destination",
    "lastStatus", "idPrefix", "q",
  ]

  private func group(_ groupID: String, _ reader: inout ParameterReader) -> String? {
    if groupID == Self.allGroups { return nil }
    if !IDRule.allows(groupID) { reader.add("groupId", IDRule.description) }
    return groupID
  }

  private func filter(_ reader: inout ParameterReader) -> TimerFilter {
    var filter = TimerFilter()
    let statuses = TimerStatus.allCases.map(\.rawValue).joined(separator: ", ")
    filter.statuses = Set(
      reader.values("status", "must be one of \(statuses)") { TimerStatus(rawValue: $0) })
    filter.tags = reader.values("tag", "must be name:value, with a name and a value that a tag may have") {
      Tag($0)
    }
    filter.executeAfter = reader.time("executeAfter")
    filter.executeBefore = reader.time("executeBefore")
    filter.endedAfter = reader.time("endedAfter")
    filter.endedBefore = reader.time("endedBefore")
    filter.destinations = Set(
      reader.values("destination", "must be an origin such as https://example.com, or a topic") {
        Self.destination($0)
      })
    filter.lastStatuses = Set(reader.values("lastStatus", LastStatus.description) { LastStatus($0) })
    filter.idPrefix =
      reader.value("idPrefix", "must be 1 to \(IDRule.maxLength) characters that an id may have") { text in
        IDRule.allows(text + "a") && !text.isEmpty
          || text.utf8.count == IDRule.maxLength && IDRule.allows(text)
          ? text : nil
      } ?? ""
    filter.text =
      reader.value("q", "must be 1 to 256 characters") { text in
        (1...256).contains(text.unicodeScalars.count) ? text : nil
      } ?? ""
    return filter
  }

  /// Returns the name by which a destination is known; nil if `text` is neither an origin nor a topic.
  private static func destination(_ text: String) -> String? {
    guard text.utf8.contains(UInt8(ascii: ":")) else { return TopicRule.allows(text) ? text : nil }
    guard CallbackURL.violation(of: text) == nil else { return nil }
    let origin = HTTPDestination(url: text).origin
    return origin.utf8.count == text.utf8.count ? origin : nil
  }
}
