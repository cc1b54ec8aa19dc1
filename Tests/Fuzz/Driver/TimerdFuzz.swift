import Glibc
import Synchronization

/// Gives one target what libFuzzer thinks up: `timerd-fuzz body -runs=1000000 corpus`. All but the target's name is libFuzzer's.
@main
enum TimerdFuzz {
  /// libFuzzer starts itself again for some of its tasks, without the name.
  private static let variable = "TIMERD_FUZZ_TARGET"

  static func main() {
    var arguments = CommandLine.arguments
    if arguments.count > 1, FuzzTarget.all.contains(where: { $0.name == arguments[1] }) {
      setenv(variable, arguments.remove(at: 1), 1)
    }
    guard let target = chosen() else {
      print("usage: timerd-fuzz TARGET [libFuzzer's arguments]; targets:")
      for target in FuzzTarget.all { print(target.name, target.maxBytes) }
      exit(64)
    }
    running.withLock { $0 = target }
    exit(runDriver(arguments))
  }

  private static func runDriver(_ arguments: [String]) -> Int32 {
    // They live as long as the process.
    var start: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = .allocate(capacity: arguments.count + 1)
    for (place, argument) in arguments.enumerated() { start?[place] = strdup(argument) }
    start?[arguments.count] = nil
    var count = Int32(arguments.count)
    return runLibFuzzer(&count, &start, runOne)
  }

  private static let running = Mutex<FuzzTarget?>(nil)
  private static let executor = CallerExecutor()

  private static func chosen() -> FuzzTarget? {
    let name = getenv(variable).map { String(cString: $0) }
    return FuzzTarget.all.first { $0.name == name }
  }

  fileprivate static func run(_ bytes: [UInt8]) {
    guard let target = running.withLock({ $0 }) else { return }
    executor.run {
      do {
        try await target.check(bytes)
      } catch {
        // libFuzzer keeps an input that ends the process.
        fatalError("\(target.name): \(error)")
      }
    }
  }
}

private func runOne(_ start: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
  TimerdFuzz.run([UInt8](UnsafeBufferPointer(start: start, count: size)))
  return 0
}

/// libFuzzer's loop, in the library that comes with the compiler.
@_silgen_name("LLVMFuzzerRunDriver")
private func runLibFuzzer(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32
