#if Postgres
/// PostgreSQL as the store.
extension SettingKey<String> {
  static var storeSchema: Self {
    .text(
      "store-schema", default: "timerd", mustBe: "a name of 1 to 63 bytes",
      help: "PostgreSQL schema of the tables."
    ) { (1...63).contains($0.utf8.count) }
  }
}
#endif
