/// The number of payload bytes that one request may still claim; the first timer is claimed whatever its
/// size.
public struct ClaimBudget: Sendable {
  private var bytesLeft: Int
  private var isUntouched = true
  private var isSpent = false

  /// Creates a budget of `bytes`, which the first timer may exceed.
  public init(bytes: Int) { bytesLeft = bytes }

  /// Takes `bytes` from the budget. Once something did not fit, nothing later fits either, which keeps the order.
  ///
  /// - Returns: whether it fitted.
  public mutating func spend(_ bytes: Int) -> Bool {
    guard !isSpent, isUntouched || bytes <= bytesLeft else {
      isSpent = true
      return false
    }
    isUntouched = false
    bytesLeft = bytesLeft.subtractingSaturated(bytes)
    return true
  }
}
