import Synchronization

/// Draws the ids of traces and spans by SplitMix64 (Steele, Lea and Flood, 2014) from a seed of the system's. Nothing rests on
/// nobody guessing them, and the system's own generator is a call of the kernel for each number.
struct TraceRandom: RandomNumberGenerator {
  private static let state = Atomic<UInt64>(.random(in: .min ... .max))

  mutating func next() -> UInt64 {
    var bits = Self.state.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}
