/// Collects what is wrong with a command while it is read.
struct ViolationList {
  private(set) var violations: [Violation] = []

  mutating func add(_ pointer: JSONPointer, _ detail: String) {
    violations.append(Violation(pointer: pointer.description, detail: detail))
  }
}
