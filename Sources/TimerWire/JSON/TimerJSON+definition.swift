import JSONBytes
import TimerModel

extension TimerJSON {
  static func write(_ policy: RetryPolicy, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.name("maxAttempts")
      writer.integer(policy.maxAttempts)
      if let duration = policy.maxAttemptsDuration {
        writer.name("maxAttemptsDuration")
        writer.string(duration.text)
      }
      writer.name("initialInterval")
      writer.string(policy.initialInterval.text)
      writer.name("backoffMultiplier")
      writer.number(policy.backoffMultiplier)
      writer.name("maxInterval")
      writer.string(policy.maxInterval.text)
    }
  }
}
