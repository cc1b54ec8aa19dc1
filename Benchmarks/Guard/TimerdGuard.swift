import BenchmarkCases
import Glibc

/// Runs one case a given number of times, for a tool that counts; without arguments it lists the cases and how many timers an
/// iteration of each is for. `Scripts/bench-guard` is what one calls.
@main
struct TimerdGuard {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard let name = arguments.first else {
      for each in BenchmarkCase.all { print(each.name, each.timers) }
      return
    }
    guard let chosen = BenchmarkCase.all.first(where: { $0.name == name }),
      let count = arguments.last.flatMap({ Int($0) })
    else {
      let usage = "usage: timerd-guard [CASE ITERATIONS]\n"
      _ = write(STDERR_FILENO, usage, usage.utf8.count)
      exit(64)
    }
    let iteration = try await chosen.prepare()
    var sum = 0
    for _ in 0..<count { sum &+= try await iteration() }
    print(sum)
  }
}
