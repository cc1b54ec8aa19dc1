import JSONBytes
import TestSupport

extension ReceivedCallback {
  /// A member of the envelope that is a string; empty if there is none.
  func text(_ name: String) -> String { member(name)?.string ?? "" }

  /// A member of the envelope.
  func member(_ name: String) -> JSONText? {
    (try? JSONText(body, maxDepth: 8))?.members?.first { $0.name == name }?.value
  }

  /// The timer's id.
  var timerID: String { text("timerId") }
}
