// Sums and products of numbers from outside: they end at the limits of their type, and never trap.
extension FixedWidthInteger {
  /// The sum, or the limit of the type that it would pass.
  @inlinable
  package func addingSaturated(_ other: Self) -> Self {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }

  /// The difference, or the limit of the type that it would pass.
  @inlinable
  package func subtractingSaturated(_ other: Self) -> Self {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other < 0 ? .max : .min) : difference
  }

  /// The product, or the limit of the type that it would pass.
  @inlinable
  package func multipliedSaturated(by other: Self) -> Self {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
  }

  /// The whole part of `number`, or the limit of the type that it passes; zero for what is not a number.
  @inlinable
  package init(saturating number: Double) {
    guard !number.isNaN else {
      self = 0
      return
    }
    self = Self(exactly: number.rounded(.towardZero)) ?? (number < 0 ? .min : .max)
  }
}
