package import TimerModel

/// A policy as a value: events and the time go in, actions come out. No I/O, no clock, no task.
package protocol StepEngine {
  /// An event that it handles.
  associatedtype Event: Sendable
  /// An action that it asks for.
  associatedtype Action: Sendable

  /// Takes note of `events`, in order, and says what is to be done now.
  mutating func step(_ events: [Event], now: Moment) -> [Action]

  /// The time at which it must be stepped again even without an event.
  var wakeAt: MonotonicInstant { get }

  /// True if it has come to its end; it is not stepped any more.
  var isFinished: Bool { get }
}
