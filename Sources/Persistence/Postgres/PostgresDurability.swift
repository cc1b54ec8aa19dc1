/// A parameter of PostgreSQL that, turned off, lets a server lose what it has acknowledged.
package enum PostgresDurability: String, CaseIterable, Sendable {
  /// Anything is written through to the disk.
  case fsync
  /// A commit waits until it is on the disk.
  case synchronousCommit = "synchronous_commit"
  /// A page that was torn by a power cut can be repaired. Needless on a file system that never tears one, such as ZFS;
  /// a managed database that keeps its own log, such as Aurora, shows it as off.
  case fullPageWrites = "full_page_writes"
}
