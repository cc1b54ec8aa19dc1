import HTTPTypes
import TimerModel
import TimerWire

// Lists and counts. They may take milliseconds of computing, which other connections of the event loop are not to wait for.
extension TimerRoutes {
  /// Answers with a page of the timers of a group, or of all groups.
  func list(group: String, head: HTTPRequest) async throws -> RoutedResponse {
    let request = try queries.decodeList(try Self.parameters(of: head), groupID: group)
    let search = try searchingStore()
    return try await withTaskExecutorPreference(globalConcurrentExecutor) {
      let page = try await search.page(request.query, after: request.position, size: request.pageSize)
      return Self.response(json.bytes(page, request.fingerprint))
    }
  }

  /// Answers with the number of timers of a group, or of all groups.
  func count(group: String, head: HTTPRequest) async throws -> RoutedResponse {
    let request = try queries.decodeCount(try Self.parameters(of: head), groupID: group)
    let search = try searchingStore()
    return try await withTaskExecutorPreference(globalConcurrentExecutor) {
      Self.response(TimerJSON.bytes(try await search.count(request.query, by: request.grouping)))
    }
  }

  /// Answers with a page of groups.
  func groups(head: HTTPRequest) async throws -> RoutedResponse {
    let request = try queries.decodeGroups(try Self.parameters(of: head))
    let search = try searchingStore()
    let entries = SearchLimits().groupEntries
    // One more than fits tells that there is another page.
    var groups = try await search.groups(after: request.after, limit: request.pageSize + 1, entries: entries)
    var hasMore = groups.reduce(0) { $0 + $1.total } >= entries
    if groups.count > request.pageSize {
      groups.removeLast(groups.count - request.pageSize)
      hasMore = true
    }
    let next = hasMore ? groups.last?.groupID : nil
    return Self.response(TimerJSON.bytes(groups, next: next, request.fingerprint))
  }

  private func searchingStore() throws(APIError) -> any TimerSearch {
    guard let search else {
      throw APIError(
        .notImplemented,
        detail: "The store of this service cannot search timers (TimerSearch). Read timers by their ids.")
    }
    return search
  }

  private static func parameters(of head: HTTPRequest) throws(APIError) -> QueryParameters {
    let parts = (head.path ?? "").split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard let parameters = QueryParameters(parts.count > 1 ? parts[1] : "") else {
      throw APIError(.malformedRequest, detail: "The query is not valid percent-encoded UTF-8.")
    }
    return parameters
  }
}
