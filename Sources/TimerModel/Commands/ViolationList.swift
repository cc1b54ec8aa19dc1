/// Collects what is wrong with a command while it is read.
struct ViolationList {
  private(set) var violations: [Violation] = []

  /// How many are listed: more help nobody, and a record that tells of them must find room at its broker.
  private static let limit = 50
  /// How long a place may be; what is wrong beyond that is said of the nearest place around it.
  private static let pointerLimit = 512

  mutating func add(_ pointer: JSONPointer, _ detail: String) {
    guard violations.count < Self.limit else { return }
    violations.append(
      Violation(pointer: pointer.description(upTo: Self.pointerLimit), detail: detail))
  }
}
