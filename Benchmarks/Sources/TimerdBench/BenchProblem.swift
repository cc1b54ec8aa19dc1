/// Why a measurement could not be made, or what it found to be wrong.
struct BenchProblem: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
