import Foundation

/// Runs work that blocks on a thread of its own, so that no thread of the cooperative pool waits for it.
///
/// - Throws: the error of `body`.
package func onThread<Value: Sendable, Failure: Error>(
  _ body: @escaping @Sendable () throws(Failure) -> Value
) async throws(Failure) -> Value {
  let result = await withCheckedContinuation { continuation in
    Thread.detachNewThread { continuation.resume(returning: Result(catching: body)) }
  }
  return try result.get()
}
