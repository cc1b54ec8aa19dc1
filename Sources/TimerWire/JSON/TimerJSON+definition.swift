import JSONBytes
import TimerModel

extension TimerJSON {
  static func write(_ policy: RetryPolicy, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("maxAttempts", policy.maxAttempts)
      writer.member("maxAttemptsDuration", policy.maxAttemptsDuration?.text)
      writer.member("initialInterval", policy.initialInterval.text)
      writer.member("backoffMultiplier", policy.backoffMultiplier)
      writer.member("maxInterval", policy.maxInterval.text)
    }
  }
}
