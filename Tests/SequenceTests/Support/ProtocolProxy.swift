// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Stands between a client and a server, counts the messages of both, and cuts their connection where it is told to.
///
/// Each connection has a thread of its own; none of Swift's pool is blocked.
final class ProtocolProxy: Sendable {
    /// When the server learns that its client is gone.
    enum Ending {
        /// At the same moment.
        case atOnce
        /// When it says something to it.
        case afterAnswer
        /// When the proxy is closed: as in a network that is gone, it takes its client for alive.
        case never
    }

    private struct State {
        var letters: [String] = []
        var isCut = false
        var isClosed = false
        var open: [UnixSocket] = []
    }

    /// The folder of the proxy's socket, which libpq takes for a host.
    let folder: String
    private let listener: UnixSocket
    private let server: String
    private let cut: CutPoint?
    private let ending: Ending
    private let state = Mutex(State())

    /// - Parameters:
    ///   - server: The path of the server's socket.
    ///   - cut: Where to cut; `nil` passes everything on.
    ///   - ending: When the server learns that its client is gone.
    init(server: String, cut: CutPoint?, ending: Ending = .atOnce) throws {
        self.server = server
        self.cut = cut
        self.ending = ending
        folder = "/tmp/cut-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        listener = try UnixSocket.listening(at: folder + "/.s.PGSQL.5432")
        // Threads of its own: those of a dispatch queue are also those of Swift's pool, which is busy with tests.
        Thread.detachNewThread { self.accept() }
    }

    /// What was passed on or kept back so far: `>Q` for a client's query, `<Z` for a server's "ready", and so on.
    var messages: [String] { state.withLock(\.letters) }

    /// Whether the cut was made.
    var isCut: Bool { state.withLock(\.isCut) }

    /// Ends everything. To be called once.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.open.forEach { $0.shutDown() }
        }
        listener.shutDown()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func accept() {
        while let client = listener.accepted() {
            guard let server = try? UnixSocket.connected(to: server) else {
                client.close()
                continue
            }
            let isClosed = state.withLock { state in
                if !state.isClosed { state.open += [client, server] }
                return state.isClosed
            }
            guard !isClosed else { break }
            Thread.detachNewThread { self.relay(client, server) }
        }
        listener.close()
    }

    private func relay(_ client: UnixSocket, _ server: UnixSocket) {
        var fromClient = MessageReader(isClient: true)
        var fromServer = MessageReader(isClient: false)
        var isOpen = true
        while isOpen {
            let ready = UnixSocket.waitToRead([client, server])
            // The server first: what it said before the client's next message was sent stays before it.
            if ready[1] { isOpen = pass(server.read(), &fromServer, to: client, mark: "<") }
            if isOpen, ready[0] { isOpen = pass(client.read(), &fromClient, to: server, mark: ">") }
        }
        switch ending {
        case .atOnce: close([client, server])
        case .afterAnswer:
            _ = server.read()
            close([client, server])
        case .never:
            close([client])
            while !server.read().isEmpty {}
            close([server])
        }
    }

    private func close(_ sockets: [UnixSocket]) {
        state.withLock { state in
            for socket in sockets {
                state.open.removeAll { $0.descriptor == socket.descriptor }
                // Closed under the lock, so that `close` never shuts down a descriptor that has a new owner.
                socket.close()
            }
        }
    }

    /// Passes messages on; false when the connection is at its end.
    private func pass(_ bytes: [UInt8], _ reader: inout MessageReader, to other: UnixSocket, mark: String) -> Bool {
        guard !bytes.isEmpty else { return false }
        for message in reader.take(bytes) {
            let side: CutPoint.Side? = state.withLock { state in
                let number = state.letters.count
                state.letters.append(mark + (message.letter.map(String.init) ?? "startup"))
                guard let cut, !state.isCut, cut.message == number else { return nil }
                state.isCut = true
                return cut.side
            }
            if side == .before { return false }
            guard other.write(message.bytes), side == nil else { return false }
        }
        return true
    }
}
