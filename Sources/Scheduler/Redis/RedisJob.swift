import TimerModel

/// Commands that were handed in together, on their way to their replies. Belongs to the loop's thread.
final class RedisJob {
  let commands: [RoutedCommand]
  let deadline: MonotonicInstant
  private var replies: [RedisValue]
  private var outstanding: Int
  private var completion: (@Sendable (Result<[RedisValue], IndexError>) -> Void)?

  init(_ request: RedisRequest) {
    commands = request.commands
    deadline = request.deadline
    replies = Array(repeating: .null, count: request.commands.count)
    outstanding = request.commands.count
    completion = request.completion
  }

  var isOver: Bool { completion == nil }

  func setReply(_ reply: RedisValue, at index: Int) {
    replies[index] = reply
    outstanding -= 1
    if outstanding == 0 { end(.success(replies)) }
  }

  func fail(_ error: IndexError) { end(.failure(error)) }

  private func end(_ result: Result<[RedisValue], IndexError>) {
    completion?(result)
    completion = nil
  }
}

/// One command of a job, and what has become of it so far.
struct PendingCommand {
  var job: RedisJob
  var index: Int
  /// The number of times a node of a cluster has redirected it.
  var redirects = 0
  /// True if the node must be told that the slot is on its way to it.
  var isAsking = false

  var routed: RoutedCommand { job.commands[index] }
}

/// Commands as they are handed to the loop.
struct RedisRequest: Sendable {
  var commands: [RoutedCommand]
  var deadline: MonotonicInstant
  /// Called once, on the loop's thread, with a reply for each command.
  var completion: @Sendable (Result<[RedisValue], IndexError>) -> Void
}
