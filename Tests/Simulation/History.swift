import TimerModel

/// The events of a run, as seen from outside.
struct History {
  struct Attempt {
    let timer: Timer
    let node: NodeID
    let start: Moment
    /// True if the others could already take the node for dead.
    let nodeIsGone: Bool
    var wasTaken = false
  }

  struct Answer {
    let command: TimerCommand
    /// Nil where the outcome is unknown or nothing was done.
    let result: CommandResult?
    let isUnknown: Bool
    let at: Moment
  }

  var attempts: [Attempt] = []
  var answers: [Answer] = []
  /// The number of batches that the store applied in part.
  var partialBatches = 0
}
