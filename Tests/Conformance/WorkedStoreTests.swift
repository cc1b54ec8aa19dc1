import Foundation
import Testing
import TimerTesting

/// The example of docs/add-a-store.md, carried out.
@Suite struct WorkedStoreTests {
  @Test(arguments: TimerStoreConformance.allCases)
  func conforms(behaviour: TimerStoreConformance) async throws {
    let clock = ManualClock()
    let store = WorkedStore(InMemoryTimerStore(clock: clock))
    try await behaviour.run(on: StoreHarness(store: store, clock: clock))
  }

  @Test("The document shows the tested code")
  func documentShowsTestedCode() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let document = folder.appending(path: "../../docs/add-a-store.md").standardizedFileURL
    let text = try String(contentsOf: document, encoding: .utf8)
    for name in ["WorkedStore.swift", "WorkedStoreTests.swift"] {
      let code = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      let type = try #require(code.range(of: "\n\n///")).upperBound
      // The part up to the end of the first test is enough for the suite.
      let end = code.range(of: "\n\n  @Test(\"")?.lowerBound ?? code.endIndex
      #expect(text.contains(code[type..<end].trimmed), "\(name)")
    }
  }
}

extension Substring {
  fileprivate var trimmed: String {
    String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }
}
