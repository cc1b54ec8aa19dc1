import JSONBytes
package import TimerModel

/// The result for one timer of a request that names many.
package enum BatchedTimer: Sendable {
  /// The timer, unless the answer has no room for it, with the status that an answer about it alone would have.
  case timer(Timer?, status: Int)
  /// Nothing was done, for the given reason.
  case rejected(ProblemDocument)

  /// Returns the result of a creation that was valid.
  package init(_ result: CreateResult) {
    switch result {
    case .created(let timer): self = .timer(timer, status: 201)
    case .repeated(let timer): self = .timer(timer, status: 200)
    case .rejected(let rejection): self = .rejected(ProblemDocument(rejection))
    }
  }
}

extension TimerJSON {
  /// The results of a request that names many timers, in order.
  package func bytes(_ results: [BatchedTimer]) -> [UInt8] {
    var writer = JSONWriter(capacity: 64 + results.count * 768)
    writer.object { writer in
      writer.name("results")
      writer.array { writer in for result in results { write(result, to: &writer) } }
    }
    return writer.finish()
  }

  private func write(_ result: BatchedTimer, to writer: inout JSONWriter) {
    writer.object { writer in
      switch result {
      case .timer(let timer, let status):
        writer.member("status", status)
        guard let timer else { return }
        writer.name("timer")
        write(timer, to: &writer)
      case .rejected(let problem):
        writer.member("status", problem.kind.status)
        writer.name("problem")
        problem.write(to: &writer)
      }
    }
  }
}
