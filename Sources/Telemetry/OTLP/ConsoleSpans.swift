import Glibc
import JSONBytes
import Telemetry
import TimerModel
import Tracing

/// Prints spans for developers: one JSON object per line on standard output.
enum ConsoleSpans {
  static func print(_ spans: [FinishedSpan]) {
    for span in spans {
      let line = line(span) + [0x0a]
      // Nothing can be done about a closed standard output.
      _ = line.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }
  }

  static func line(_ span: FinishedSpan) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("name", span.name)
      json.member("context", span.context.headers.traceparent)
      let parent = span.parent.map { String($0, radix: 16) }
      json.member("parent", parent)
      json.name("microseconds")
      json.integer((span.end &- span.start) / 1000)
      json.name("links")
      json.array { json in for link in span.links { json.string(link.headers.traceparent) } }
      json.name("attributes")
      json.object { json in
        var texts: [(String, String)] = []
        span.attributes.forEach { key, value in texts.append((key, Self.text(value))) }
        for (key, text) in texts.sorted(by: { $0.0 < $1.0 }) {
          json.name(text: key)
          json.string(text)
        }
      }
      json.member("error", span.status?.message)
    }
    return json.finish()
  }

  private static func text(_ value: SpanAttribute) -> String {
    switch value {
    case .string(let text): text
    case .int64(let number): "\(number)"
    default: "\(value)"
    }
  }
}
