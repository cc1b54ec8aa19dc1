/// The 64-bit hash FNV-1a of Fowler, Noll and Vo, whose values may be stored. It does not protect against forgery.
package struct FNV1a: Sendable {
  /// The hash of the bytes that were added.
  @usableFromInline
  package var value: UInt64

  /// Creates the hash of no bytes.
  @inlinable
  package init() { value = 0xcbf2_9ce4_8422_2325 }

  @inlinable
  package mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }

  @inlinable
  package mutating func add(_ bytes: some Sequence<UInt8>) { for byte in bytes { add(byte) } }
}
