// SPDX-License-Identifier: Apache-2.0

public import MigrationCore
internal import SystemPackage

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension DirectorySource {
    /// The path, within the folder, that the next migration of a component gets: `0008_add_users.sql`.
    ///
    /// The number follows the component's newest, with at least four digits and as many as the newest file has. The file
    /// goes where the newest one is; the first one of `core` goes to the top. The folder need not exist.
    ///
    /// - Parameters:
    ///   - description: What the migration does, in any words. Letters and digits of every script are kept, in small
    ///     letters; everything else becomes `_`.
    ///   - component: The component of the new migration.
    ///   - timestamp: The current time as 14 digits, `yyyyMMddHHmmss`, in UTC. Where the component is numbered like this,
    ///     the new file gets this number; without it, and where the clock is behind, the number after the newest.
    /// - Throws: ``MigrationFilesError`` when the names in the folder are not in order, or an argument cannot be used.
    public func nextFileName(
        description: String, component: Component = .core, timestamp: String? = nil
    ) throws(MigrationFilesError) -> String {
        if let fault = ComponentName.fault(in: component.name) {
            throw refusal("\"\(Displayed(component.name))\" cannot be the name of a component: it \(fault).")
        }
        if (try? VersionedName(component.name)) != nil {
            throw refusal(
                "\"\(Displayed(component.name))\" cannot be the name of a component: it has the form of a migration's.")
        }
        guard let words = FileDescriptionText.fileName(for: description) else {
            throw refusal("the description has no letters or digits. Say in a few words what the migration does.")
        }
        if let timestamp, !NextVersion.isTimestamp(timestamp) {
            throw refusal("\"\(Displayed(timestamp))\" is not a time of the form yyyyMMddHHmmss.")
        }
        let newest = try scripts().last { $0.id.component == component }
        let parent = newest?.parent ?? (component == .core ? "" : component.name)
        let name = "\(NextVersion.digits(after: newest, timestamp: timestamp))_\(words).sql"
        return parent.isEmpty ? name : "\(parent)/\(name)"
    }

    /// Creates the next migration of a component: an empty file but for a comment. Nothing is ever overwritten.
    ///
    /// The folder, and the component's, are made if they are not there. A folder with a manifest then disagrees with it
    /// until the migration is written and ``writeManifest()`` was called.
    ///
    /// - Parameters:
    ///   - description: As for ``nextFileName(description:component:timestamp:)``.
    ///   - component: The component of the new migration.
    ///   - timestamp: The current time, for components that are numbered by it.
    /// - Returns: The path of the file, that of this folder included.
    /// - Throws: ``MigrationFilesError``, as above, or when the file cannot be created.
    public func create(
        description: String, component: Component = .core, timestamp: String? = nil
    ) throws(MigrationFilesError) -> String {
        let name = try nextFileName(description: description, component: component, timestamp: timestamp)
        let file = root.appending(name)
        do {
            try FileManager.default.createDirectory(
                atPath: file.removingLastComponent().string, withIntermediateDirectories: true)
        } catch {
            let reason = FolderFailure(file.removingLastComponent()).errno
            throw refusal("its folder cannot be made: \(reason). Check the path and its permissions.", name)
        }
        let text = NewFileText.make(name: file.lastComponent?.string ?? name, description)
        do throws(Errno) {
            try NewFile.write(text, to: file)
        } catch .fileExists {
            throw refusal("the file exists already: somebody created it at this moment. Try again.", name)
        } catch {
            throw refusal("the file cannot be written: \(error). Check the permissions and the disk.", name)
        }
        return file.string
    }

    /// The migrations by name alone: a file that cannot be understood yet does not keep anybody from writing the next.
    private func scripts() throws(MigrationFilesError) -> [ScriptFile] {
        let scan: FolderScan
        do throws(FolderFailure) {
            scan = try FolderScan(root: root)
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw failure([error.problem(path: path)]) }
            return []
        }
        guard scan.problems.isEmpty else { throw failure(scan.problems) }
        return scan.migrations
    }

    private func refusal(_ message: String, _ file: String? = nil) -> MigrationFilesError {
        failure([MigrationFileProblem(.cannotCreate, file ?? path, message)])
    }
}
