import Foundation
import Synchronization
import TestSupport

/// A receiver that speaks HTTP/2 over TLS, frame by frame as a test wants it. It runs in Python, whose standard library has TLS.
final class H2Receiver: Sendable {
  /// The reaction to requests.
  enum Script: String {
    /// Says on its first connection that it has processed no request, and closes it; answers on others.
    case goaway
    /// The same, having announced it with a number that excludes nothing yet.
    case gentleGoaway = "gentle-goaway"
    /// Refuses the streams of its first connection; answers on others.
    case refuse
    /// Refuses all streams.
    case refuseAll = "refuse-all"
    /// Closes each connection that brings a request.
    case close
    /// Answers the first request of a connection, and closes it at the second one.
    case closeLater = "close-later"
    /// Sends a head and the beginning of a body, and then resets the stream.
    case partial
    /// Resets the stream before an answer.
    case reset
    /// Sends pings for ever.
    case pings
    /// Sends window updates for ever.
    case windows
    /// Sends a head and then empty frames of a body for ever.
    case emptyFrames = "empty-frames"
  }

  let port: Int
  private let folder: URL
  private let process: Mutex<Process>

  struct Failure: Error { let reason: String }

  init(_ script: Script) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "h2-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try SelfSignedCertificate.make(in: folder, for: "IP:127.0.0.1")
    let key = folder.appending(path: SelfSignedCertificate.keyFileName)
    let certificate = folder.appending(path: SelfSignedCertificate.fileName)
    let log = folder.appending(path: "log")
    try Data().write(to: log)
    let output = Pipe()
    let process = Process()
    process.executableURL = URL(filePath: PythonTools.path("python"))
    process.arguments = ["-c", Self.program, script.rawValue, certificate.path, key.path, log.path]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    // The first line is the port; it comes once the receiver listens.
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    guard let port = Int(line.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw Failure(reason: "the receiver does not listen: \(line)")
    }
    self.port = port
    self.process = Mutex(process)
  }

  deinit {
    process.withLock { $0.terminate() }
    try? FileManager.default.removeItem(at: folder)  // What remains is in the temporary directory.
  }

  var url: String { "https://127.0.0.1:\(port)/" }
  var certificate: String { folder.appending(path: SelfSignedCertificate.fileName).path }

  /// The number of requests that arrived completely.
  var requests: Int {
    get throws {
      let log = try String(contentsOf: folder.appending(path: "log"), encoding: .utf8)
      return log.split(separator: "\n").count
    }
  }

  private static let program = #"""
    import socket, ssl, struct, sys, threading, time
    script, certificate, key, log = sys.argv[1:5]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.set_alpn_protocols(["h2"])
    log = open(log, "a", buffering=1)

    def frame(kind, flags, stream, payload=b""):
        return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload

    def head(stream, flags=4): return frame(1, flags, stream, b"\x88")
    def reset(stream, code): return frame(3, 0, stream, struct.pack(">I", code))
    def goaway(last): return frame(7, 0, 0, struct.pack(">II", last, 0))

    def receive(connection, count):
        data = b""
        while len(data) < count:
            part = connection.recv(count - len(data))
            if not part: raise EOFError
            data += part
        return data

    def drain(connection):
        try:
            while connection.recv(1 << 16): pass
        except OSError: pass

    def pour(connection, one):
        threading.Thread(target=drain, args=(connection,), daemon=True).start()
        while True: connection.sendall(one * 4000)

    def answer(connection, number, stream):
        """Returns whether the connection goes on."""
        first = number == 1
        if script == "goaway" and first: connection.sendall(goaway(0))
        elif script == "gentle-goaway" and first: connection.sendall(goaway(0x7fffffff) + goaway(0))
        elif script == "close" or script == "close-later" and stream > 1: pass
        elif script == "refuse" and first or script == "refuse-all":
            connection.sendall(reset(stream, 7))
            return True
        elif script == "partial":
            connection.sendall(head(stream) + frame(0, 0, stream, b"{"))
            # Of what comes together with a reset, libcurl tells nothing.
            time.sleep(0.3)
            connection.sendall(reset(stream, 2))
            return True
        elif script == "reset":
            connection.sendall(reset(stream, 8))
            return True
        elif script == "pings": pour(connection, frame(6, 0, 0, b"12345678"))
        elif script == "windows": pour(connection, frame(8, 0, 0, struct.pack(">I", 1)))
        elif script == "empty-frames":
            connection.sendall(head(stream))
            pour(connection, frame(0, 0, stream))
        else:
            connection.sendall(head(stream, 5))
            return True
        return False

    def serve(plain, number):
        try:
            connection = context.wrap_socket(plain, server_side=True)
            receive(connection, 24)
            connection.sendall(frame(4, 0, 0))
            while True:
                start = receive(connection, 9)
                length, kind, flags = int.from_bytes(start[:3], "big"), start[3], start[4]
                stream = int.from_bytes(start[5:], "big") & 0x7fffffff
                receive(connection, length)
                if kind == 4 and not flags & 1: connection.sendall(frame(4, 1, 0))
                if kind in (0, 1) and flags & 1:
                    log.write(f"{number} {stream}\n")
                    if not answer(connection, number, stream): break
            # To close with unread bytes would reset the connection, and the client would lose what was sent last.
            connection.settimeout(5)
            connection.shutdown(socket.SHUT_WR)
            drain(connection)
            connection.close()
        except (EOFError, OSError): pass

    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    print(listener.getsockname()[1], flush=True)
    number = 0
    while True:
        plain, _ = listener.accept()
        number += 1
        threading.Thread(target=serve, args=(plain, number), daemon=True).start()
    """#
}
