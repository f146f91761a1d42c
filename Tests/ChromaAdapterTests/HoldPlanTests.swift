// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ChromaAdapter

struct HoldPlanTests {
    private static let gigabyte: Int64 = 1 << 30

    private func plan(
        _ bytes: Int64, isSameDevice: Bool = false, room: Int64 = 10 * gigabyte, rate: Double = 100e6
    ) -> HoldPlan {
        HoldPlan.decide(bytes: bytes, isSameDevice: isSameDevice, room: room, limit: 20) { rate }
    }

    @Test("what is fast is copied straight into the set")
    func direct() {
        #expect(plan(Self.gigabyte, isSameDevice: true, rate: 1) == .direct)
        #expect(plan(HoldPlan.small, rate: 1) == .direct)
        #expect(plan(500 << 20) == .direct)
    }

    @Test("what takes more than half of the limit is copied beside the store first, if there is room")
    func beside() {
        #expect(plan(Self.gigabyte + (1 << 20)) == .beside)
        #expect(plan(Self.gigabyte + (1 << 20), room: Self.gigabyte) == .direct)
        #expect(plan(4 * Self.gigabyte) == .beside)
    }

    @Test("what takes longer than the limit, and has no room, is refused with how long it takes")
    func tooSlow() {
        #expect(plan(Self.gigabyte, room: 0, rate: 1_048_576) == .tooSlow(seconds: 1024))
    }

    @Test(
        "file systems of other machines are known by the names that Linux gives them",
        arguments: [
            ("/data/chroma", FileSystemKind.network("nfs4")), ("/data", .network("nfs4")), ("/database", .local),
            ("/data/chroma/local/x", .local), ("/with space/x", .network("cifs")),
        ])
    func networks(path: String, kind: FileSystemKind) {
        let mounts = """
            /dev/vda / ext4 rw 0 0
            tmpfs /data tmpfs rw 0 0
            host:/data /data nfs4 rw,vers=4.2 0 0
            /dev/vdb /data/chroma/local xfs rw 0 0
            //host/share /with\\040space cifs rw 0 0
            """
        #expect(FileSystemKind.classify(FileSystemKind.type(of: path, mounts: mounts) ?? "") == kind)
    }
}
