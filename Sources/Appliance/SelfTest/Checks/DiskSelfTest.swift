import Foundation
import Records
import Spool

/// Whether the disk has room, takes what is written, makes it safe in good time, and has counted no errors.
struct DiskSelfTest: SelfTestCheck {
    /// An SD card that is wearing out takes longer; one in order some tens of milliseconds.
    static let slowMilliseconds = 2000
    /// As much as a small image.
    static let bytes = 256 * 1024
    /// The test's file; it has lost its name before anything is written.
    static let fileName = ".selftest"

    let dataFolder: String
    let storage: ApplianceConfiguration.Storage
    /// Where the kernel shows its devices and file systems.
    var kernelFolder = "/sys"

    var subject: SelfTestSubject { .disk }

    func run(_ progress: @escaping @Sendable (Double) -> Void) async -> [SelfTestFinding] {
        await BlockingWork.run { look() }
    }

    private func look() -> [SelfTestFinding] {
        var attributes = stat()
        guard stat(dataFolder, &attributes) == 0 else {
            return [.init(.failed, .dataFolderMissing(folder: dataFolder))]
        }
        var findings: [SelfTestFinding] = []
        let percent = (try? SystemDisk().space(at: dataFolder)).map { Int($0.freePercent) } ?? 0
        if percent < storage.releaseBelowPercent {
            findings.append(.init(.attention, .diskLow(freePercent: percent)))
        }
        switch write() {
        case .success(let milliseconds) where milliseconds > Self.slowMilliseconds:
            findings.append(.init(.attention, .diskSlow(milliseconds: milliseconds)))
        case .success(let milliseconds):
            findings.append(.init(.ok, .diskGood(freePercent: percent, milliseconds: milliseconds)))
        case .failure(let error):
            let reason = String(cString: strerror(error.number))
            findings.append(
                // How it is mounted and whose it is, the image decides; how it wears out it does not.
                [EROFS, EACCES, EPERM].contains(error.number)
                    ? .init(.failed, .dataFolderReadOnly(folder: dataFolder, reason: reason))
                    : .init(.attention, .diskFails(folder: dataFolder, reason: reason)))
        }
        if let errors = countedErrors(attributes.st_dev), errors > 0 {
            findings.append(.init(.attention, .fileSystemErrors(count: errors)))
        }
        return findings
    }

    private struct SystemError: Error {
        let number = errno
    }

    /// Writes a file and makes it safe; how long that took, in milliseconds.
    private func write() -> Result<Int, SystemError> {
        let path = "\(dataFolder)/\(Self.fileName)"
        unlink(path)
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { return .failure(SystemError()) }
        defer { close(file) }
        unlink(path)
        let start = ContinuousClock.now
        let bytes = [UInt8](repeating: 0x5A, count: Self.bytes)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return .failure(SystemError()) }
            written += max(count, 0)
        }
        guard fdatasync(file) == 0 else { return .failure(SystemError()) }
        return .success(Int((ContinuousClock.now - start).seconds * 1000))
    }

    /// What ext4 has counted (Documentation/ABI/testing/sysfs-fs-ext4); nil for others.
    private func countedErrors(_ device: dev_t) -> Int? {
        // gnu_dev_major(3) and gnu_dev_minor(3), which are macros.
        let number = UInt64(device)
        let major = number >> 8 & 0xFFF | number >> 32 & 0xFFFF_F000
        let minor = number & 0xFF | number >> 12 & 0xFFFF_FF00
        let name = URL(fileURLWithPath: "\(kernelFolder)/dev/block/\(major):\(minor)").resolvingSymlinksInPath()
            .lastPathComponent
        let text = try? String(contentsOfFile: "\(kernelFolder)/fs/ext4/\(name)/errors_count", encoding: .utf8)
        return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }
}
