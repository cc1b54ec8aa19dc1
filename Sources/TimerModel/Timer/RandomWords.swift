import Glibc
import Synchronization

/// Random words from the system's generator, fetched many at a time: one call into the kernel for each would cost as much as decoding a
/// small timer.
final class RandomWords: Sendable {
  static let shared = RandomWords()

  /// 256 bytes are the most that `getentropy` gives.
  private static let count = 32

  private struct State {
    var words = [UInt64](repeating: 0, count: RandomWords.count)
    var left = 0
  }

  private let state = Mutex(State())

  /// Two words that nobody else is given.
  func two() -> (UInt64, UInt64) {
    state.withLock { state in
      if state.left < 2 { Self.fill(&state) }
      state.left -= 2
      return (state.words[state.left], state.words[state.left + 1])
    }
  }

  private static func fill(_ state: inout State) {
    let code = state.words.withUnsafeMutableBytes { getentropy($0.baseAddress, $0.count) }
    precondition(code == 0, "the system has no random numbers")
    state.left = count
  }
}
