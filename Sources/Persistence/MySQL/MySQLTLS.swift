/// The use of TLS for a connection, in the words of MySQL's own clients.
struct MySQLTLS: Sendable, Equatable {
  /// The values of `ssl-mode`.
  enum Mode: String, CaseIterable, Sendable {
    case disabled = "DISABLED"
    /// TLS if the server has it.
    case preferred = "PREFERRED"
    case required = "REQUIRED"
    /// TLS, with a certificate that an authority of `ssl-ca` has signed.
    case verifyAuthority = "VERIFY_CA"
    /// The same, with a certificate for the host's name.
    case verifyIdentity = "VERIFY_IDENTITY"

    /// True if a server without TLS is refused.
    var isRequired: Bool { self != .disabled && self != .preferred }

    /// True if the server has to show a certificate that is known.
    var verifies: Bool { self == .verifyAuthority || self == .verifyIdentity }
  }

  var mode: Mode
  /// A file with the certificates of the authorities that are trusted; nil for those that the system trusts.
  var authorities: String?
  /// A file with this side's certificate.
  var certificate: String?
  /// A file with the key of this side's certificate.
  var key: String?
}
