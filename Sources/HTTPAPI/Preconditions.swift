import HTTPTypes
import Hummingbird
import TimerModel

/// The conditions that a request sets (RFC 9110, section 13). Times are not among them: timers have no `Last-Modified`.
struct Preconditions {
  let ifMatch: EntityTags?
  let ifNoneMatch: EntityTags?

  /// Reads them.
  ///
  /// - Throws: `APIError` if one is malformed.
  init(_ head: HTTPRequest) throws(APIError) {
    ifMatch = try head.headerFields[.ifMatch].map { value throws(APIError) in
      try EntityTags(value, of: "If-Match")
    }
    ifNoneMatch = try head.headerFields[.ifNoneMatch].map { value throws(APIError) in
      try EntityTags(value, of: "If-None-Match")
    }
  }

  /// Returns the answer to a read whose client has the timer already; nil if it is to be sent.
  ///
  /// The entity tag names the revision, which counts what clients change; state goes on without it. Only a timer that was never
  /// claimed nor cancelled is therefore known to be what the client has.
  ///
  /// - Throws: `APIError` if `If-Match` names other revisions.
  func unchanged(_ timer: Timer) throws(APIError) -> TimerRoutes.RoutedResponse? {
    if ifMatch?.matchesStrongly(timer.revision) == false {
      throw APIError(.revisionMismatch(current: timer.revision))
    }
    guard let ifNoneMatch, ifNoneMatch.matchesWeakly(timer.revision) else { return nil }
    guard ifNoneMatch == .any || (timer.phase == .scheduled && timer.claimNumber == 0) else { return nil }
    var response = Response(status: .notModified, headers: [.eTag: "\"\(timer.revision)\""])
    response.headers[.contentLength] = nil
    return TimerRoutes.RoutedResponse(response, timerID: timer.key.timerID)
  }
}
