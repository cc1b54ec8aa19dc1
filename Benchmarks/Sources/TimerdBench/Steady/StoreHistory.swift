/// Samples of the store in the course of a steady run.
struct StoreHistory {
  private(set) var samples: [StoreSample] = []
  private let database: String
  private let postgres: PostgresServer

  init(_ site: Site) throws {
    guard let postgres = site.postgres else { throw BenchError("an embedded store is not sampled") }
    self.postgres = postgres
    database = site.database
  }

  /// Samples the store 60 times in the length of `run`, until a second of it.
  mutating func watch(_ run: SteadyRun, until end: Double) throws {
    var second = samples.last?.second ?? 0
    let step = run.seconds / 60
    while second < end {
      run.sleep(until: second)
      try sample(second)
      second += step
    }
    run.sleep(until: end)
    try sample(end)
  }

  private mutating func sample(_ second: Double) throws {
    if let last = samples.last, second <= last.second { return }
    samples.append(try StoreSample(second: second, of: database, on: postgres))
  }

  /// Reports sizes at the end of these seconds, and what was written in them for each timer that fired.
  func report(_ name: String, in seconds: Range<Double>, _ run: SteadyRun, _ bench: Bench) {
    let within = samples.filter { $0.second >= seconds.lowerBound && $0.second <= seconds.upperBound }
    guard let first = within.first, let last = within.last, first.second < last.second else { return }
    bench.report.add("\(name): the table at the end", last.table / 1e6, "MB", isCost: true)
    for (index, bytes) in last.indexes.sorted(by: { $0.key < $1.key }) {
      bench.report.add("\(name): \(index) at the end", bytes / 1e6, "MB", isCost: true)
    }
    bench.report.add("\(name): growth of all", (last.total - first.total) / 1e6, "MB", isCost: true)
    bench.report.add(
      "\(name): dead tuples, the most", within.map(\.deadTuples).max() ?? .nan, "rows", isCost: true)
    let timers = Double(run.fired(in: first.second..<last.second))
    let made = last.updated + last.deleted - first.updated - first.deleted
    let byHot = last.hotUpdated - first.hotUpdated
    bench.report.add("\(name): WAL per timer", (last.wal - first.wal) / timers, "bytes", isCost: true)
    bench.report.add("\(name): dead tuples made per timer", made / timers, "rows", isCost: true)
    bench.report.add("\(name): of them by HOT updates per timer", byHot / timers, "rows")
  }

  /// Reports all samples.
  func reportSeries(_ name: String, _ bench: Bench) {
    let indexes = samples.last?.indexes.keys.sorted() ?? []
    let sizes: [String] = ["table MB"] + indexes.map { "\($0) MB" }
    var series = Series(
      name: "\(name), the store over time", columns: ["minute"] + sizes + ["dead tuples", "WAL MB"])
    for sample in samples {
      var row: [Double] = [sample.second / 60, sample.table / 1e6]
      for index in indexes { row.append((sample.indexes[index] ?? .nan) / 1e6) }
      row += [sample.deadTuples, sample.wal / 1e6]
      series.rows.append(row)
    }
    bench.report.add(series)
  }
}
