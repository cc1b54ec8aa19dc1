/// A callback that arrived.
package struct ReceivedCallback: Sendable {
  /// Its headers by their names in lower case; of one that came twice, the last.
  package let headers: [String: String]
  package let body: [UInt8]
  /// The arrival of its head, by the machine's wall clock.
  package let arrivedAtMilliseconds: Int64

  /// The `webhook-id` header.
  package var firingID: String { headers["webhook-id"] ?? "" }
}
