/// The extent to which a batch of a store takes effect as one.
///
/// A batch that failed in part throws an error whose outcome is `unknown`, and may be repeated: every item is conditional and
/// fenced, so that repeating what was applied changes nothing. Of several items of one timer, those that were applied are
/// the first ones.
public enum BatchAtomicity: String, CaseIterable, Sendable {
  /// All items take effect, or none.
  case whole
  /// All items of one shard take effect, or none of them.
  case perShard
  /// Each timer's items take effect by themselves.
  case perTimer
}
