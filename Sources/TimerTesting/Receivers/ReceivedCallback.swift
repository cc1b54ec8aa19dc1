/// A callback that arrived.
public struct ReceivedCallback: Sendable {
  /// Its headers by their names in lower case; of one that came twice, the last.
  public let headers: [String: String]
  /// The body.
  public let body: [UInt8]
  /// The arrival of its head, by the machine's wall clock.
  public let arrivedAtMilliseconds: Int64

  /// The `webhook-id` header.
  public var firingID: String { headers["webhook-id"] ?? "" }
}
