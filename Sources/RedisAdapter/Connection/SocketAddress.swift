// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// An address of the network and a port, as numbers.
struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    let host: String
    let port: Int
    let isVersion6: Bool

    init(host: String, port: Int) {
        self.host = host
        self.port = port
        isVersion6 = host.contains(":")
    }

    /// Where a connection comes from on this machine; `nil` for anything but TCP.
    init?(localOf descriptor: Int32) {
        self.init { getsockname(descriptor, $0, $1) }
    }

    /// Where a connection leads to; `nil` for anything but TCP.
    init?(remoteOf descriptor: Int32) {
        self.init { getpeername(descriptor, $0, $1) }
    }

    private init?(_ ask: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        var service = [CChar](repeating: 0, count: Int(NI_MAXSERV))
        let isFound = withUnsafeMutablePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard ask(address, &length) == 0 else { return false }
                let family = Int32(address.pointee.sa_family)
                guard family == AF_INET || family == AF_INET6 else { return false }
                return getnameinfo(
                    address, length, &host, socklen_t(host.count), &service, socklen_t(service.count),
                    NI_NUMERICHOST | NI_NUMERICSERV) == 0
            }
        }
        func text(_ characters: [CChar]) -> String {
            String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        guard isFound, let port = Int(text(service)) else { return nil }
        self.init(host: text(host), port: port)
    }

    var description: String { isVersion6 ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
