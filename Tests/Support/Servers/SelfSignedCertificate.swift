package import Foundation

/// A certificate for a test's server, made by `openssl`.
package enum SelfSignedCertificate {
  /// The certificate's file.
  package static let fileName = "certificate.pem"
  /// The key's file.
  package static let keyFileName = "key.pem"

  /// `openssl` made none.
  package struct Failed: Error {}

  /// Creates a certificate, good for two days, and its key in `folder`.
  ///
  /// - Parameter name: whom it is for, such as `IP:127.0.0.1` or `DNS:elsewhere.example`.
  package static func make(in folder: URL, for name: String) throws {
    let openssl = Process()
    openssl.executableURL = URL(filePath: "/usr/bin/openssl")
    openssl.arguments = [
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
      "-subj", "/CN=timerd-tests", "-addext", "subjectAltName=\(name)", "-keyout",
      folder.appending(path: keyFileName).path, "-out", folder.appending(path: fileName).path,
    ]
    openssl.standardError = FileHandle.nullDevice
    try openssl.run()
    openssl.waitUntilExit()
    guard openssl.terminationStatus == 0 else { throw Failed() }
  }
}
