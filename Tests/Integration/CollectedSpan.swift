import Foundation
import TestSupport
import Testing

/// A span in the words of the collector's log.
struct CollectedSpan {
  let name: String
  let trace: String
  let id: String
  let parent: String
  /// All that the collector says of it, links and attributes among it.
  let text: String

  /// Waits until what the collector has satisfies `condition`.
  static func all(
    in collector: OTLPCollector, until condition: ([CollectedSpan]) -> Bool
  ) async throws -> [CollectedSpan] {
    var spans: [CollectedSpan] = []
    let isThere = try await poll(within: .seconds(20)) {
      spans = collector.log.split(separator: "Span #").dropFirst().map(Self.init)
      return condition(spans)
    }
    #expect(isThere, "\(spans.map(\.name))")
    return spans
  }

  private init(_ part: Substring) {
    func field(_ name: String) -> String {
      part.split(separator: "\n").first { $0.drop { $0 == " " }.hasPrefix(name) }?
        .split(separator: ":", maxSplits: 1).last
        .map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
    }
    (name, trace, id, parent) = (field("Name"), field("Trace ID"), field("ID"), field("Parent ID"))
    text = String(part)
  }
}
