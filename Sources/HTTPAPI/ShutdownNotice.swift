import Synchronization

/// Tells a server's readiness and its connections that the node is about to stop.
package final class ShutdownNotice: Sendable {
  private enum Stage: UInt8, AtomicRepresentable {
    case serving
    case announced
    case windingDown
  }

  private let stage = Atomic(Stage.serving)

  /// Creates one that says nothing yet.
  package init() {}

  /// True if the node is about to stop.
  var isAnnounced: Bool { stage.load(ordering: .relaxed) != .serving }

  /// True if answers end their connections.
  var windsDown: Bool { stage.load(ordering: .relaxed) == .windingDown }

  /// Turns `/readyz` to 503, so that no more traffic is sent here; everything is answered as before.
  package func announce() {
    _ = stage.compareExchange(expected: .serving, desired: .announced, ordering: .relaxed)
  }

  /// Lets every answer end its connection, so that few are left when the server stops.
  package func windDown() { stage.store(.windingDown, ordering: .relaxed) }
}
