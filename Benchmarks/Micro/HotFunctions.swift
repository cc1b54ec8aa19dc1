import Benchmark
import BenchmarkCases

/// Times each case for a second; an iteration is for as many timers as the case's name says.
let benchmarks: @Sendable () -> Void = {
  for each in BenchmarkCase.all {
    let configuration = Benchmark.Configuration(
      metrics: [.wallClock, .cpuTotal, .throughput], scalingFactor: each.timers == 1 ? .kilo : .one,
      maxDuration: .seconds(1))
    Benchmark("\(each.name) of \(each.timers)", configuration: configuration) { benchmark in
      let iteration = try await each.prepare()
      benchmark.startMeasurement()
      for _ in benchmark.scaledIterations { blackHole(try await iteration()) }
      benchmark.stopMeasurement()
    }
  }
}
