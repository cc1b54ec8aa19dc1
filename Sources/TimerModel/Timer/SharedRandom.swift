import Glibc
import Synchronization

/// The system's generator, asked for 32 words at a time: two calls into the kernel for each timer took 2 % of the time of creating.
public struct SharedRandom: RandomNumberGenerator, Sendable {
  private struct State {
    /// 256 bytes, the most that `getentropy` gives.
    var words = [UInt64](repeating: 0, count: 32)
    var left = 0
  }

  private static let state = Mutex(State())

  /// Makes a generator; all of them draw from the same words.
  public init() {}

  /// A word that nobody else is given.
  public func next() -> UInt64 {
    Self.state.withLock { state in
      if state.left == 0 { Self.fill(&state) }
      state.left -= 1
      return state.words[state.left]
    }
  }

  private static func fill(_ state: inout State) {
    let code = state.words.withUnsafeMutableBytes { getentropy($0.baseAddress, $0.count) }
    precondition(code == 0, "the system has no random numbers")
    state.left = state.words.count
  }
}
