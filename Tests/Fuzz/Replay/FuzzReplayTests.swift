import Synchronization
import Testing

@Suite struct FuzzReplayTests {
  @Test(arguments: FuzzTarget.all.map(\.name)) func corpusInputsPass(name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    let inputs = try Corpus(of: target).inputs
    try #require(!inputs.isEmpty, "the corpus of \(name) is missing")
    for (file, bytes) in inputs {
      let (time, problem) = Self.check(target, bytes)
      #expect(problem == nil, "\(name)/\(file)")
      #expect(time < Self.limit, "\(name)/\(file) takes \(time)")
    }
  }

  /// A debug build takes some microseconds for a byte of some targets; work that grows with the square of the length takes minutes.
  @Test(arguments: FuzzTarget.all.map(\.name)) func longInputsFinishInTime(name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    for (file, bytes) in try Corpus(of: target).longInputs {
      let (time, problem) = Self.check(target, bytes)
      #expect(problem == nil, "\(name)/\(file), made long")
      #expect(time < Self.limit * 5, "\(name)/\(file), made long, takes \(time)")
    }
  }

  private static let limit = Duration.seconds(1)

  /// Checks one input in this thread.
  ///
  /// - Returns: how long the thread worked, which does not count how busy the machine is, and which rule was broken.
  private static func check(_ target: FuzzTarget, _ bytes: [UInt8]) -> (time: Duration, problem: String?) {
    let found = Mutex<String?>(nil)
    let begun = ProcessorTime.ofThisThread
    CallerExecutor().run {
      do { try await target.check(bytes) } catch { found.withLock { $0 = "\(error)" } }
    }
    return (ProcessorTime.ofThisThread - begun, found.withLock { $0 })
  }
}
