import UnixSignals

/// Decides how long a node that was told to stop goes on answering, so that balancers notice before it does stop.
struct ShutdownDelayPolicy {
  enum Event: Equatable {
    /// The process got a signal.
    case signal(UnixSignal)
    /// The services were told to stop; the signal may come before or after.
    case shutdown
    /// A pause that was asked for is over.
    case pauseIsOver
  }

  enum Action: Equatable {
    /// Say that the node is about to stop; `pauseIsOver` is due after `pause`.
    case announce(pause: Duration)
    /// Let answers end their connections; `pauseIsOver` is due after `pause`.
    case windDown(pause: Duration)
    /// Let the services stop now.
    case stop
    case wait
  }

  private enum Phase {
    case serving
    case announced
    case windingDown
    case stopped
  }

  private let delay: Duration
  private var phase = Phase.serving
  private var terminations = 0
  private var isImpatient = false

  init(delay: Duration) { self.delay = delay }

  /// Takes an event in.
  ///
  /// An interrupt comes from a terminal, where nobody balances, and a second signal from an operator who does not want to wait.
  mutating func next(_ event: Event) -> Action {
    switch event {
    case .signal(.sigint): isImpatient = true
    case .signal:
      terminations += 1
      isImpatient = isImpatient || terminations > 1
    case .shutdown where phase == .serving:
      guard !isImpatient, delay > .zero else { return stop() }
      phase = .announced
      return .announce(pause: delay / 2)
    case .pauseIsOver where phase == .announced:
      phase = .windingDown
      return .windDown(pause: delay - delay / 2)
    case .pauseIsOver where phase == .windingDown: return stop()
    case .shutdown, .pauseIsOver: return .wait
    }
    return isImpatient && (phase == .announced || phase == .windingDown) ? stop() : .wait
  }

  private mutating func stop() -> Action {
    phase = .stopped
    return .stop
  }
}
