import JSONBytes
package import TimerModel

/// The result of one creation of a request that has many.
package enum BatchedCreation: Sendable {
  /// The creation made this timer.
  case created(Timer)
  /// The same creation had been made before; the timer as it is now.
  case repeated(Timer)
  /// Nothing was done, for the given reason.
  case rejected(ProblemDocument)

  /// Returns the result of a creation that was valid.
  package init(_ result: CreateResult) {
    switch result {
    case .created(let timer): self = .created(timer)
    case .repeated(let timer): self = .repeated(timer)
    case .rejected(let rejection): self = .rejected(ProblemDocument(rejection))
    }
  }
}

extension TimerJSON {
  /// The results of a request that creates many timers, each with the status that it would have alone.
  package func bytes(_ creations: [BatchedCreation]) -> [UInt8] {
    var writer = JSONWriter(capacity: 64 + creations.count * 768)
    writer.object { writer in
      writer.name("results")
      writer.array { writer in for creation in creations { write(creation, to: &writer) } }
    }
    return writer.finish()
  }

  private func write(_ creation: BatchedCreation, to writer: inout JSONWriter) {
    writer.object { writer in
      switch creation {
      case .created(let timer): write(timer, 201, to: &writer)
      case .repeated(let timer): write(timer, 200, to: &writer)
      case .rejected(let problem):
        writer.member("status", problem.kind.status)
        writer.name("problem")
        problem.write(to: &writer)
      }
    }
  }

  private func write(_ timer: Timer, _ status: Int, to writer: inout JSONWriter) {
    writer.member("status", status)
    writer.name("timer")
    write(timer, to: &writer)
  }
}
