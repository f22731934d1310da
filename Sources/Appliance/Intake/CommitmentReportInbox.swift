import DICOM
import DICOMNetwork
import Foundation
import Records
import Spool

/// Keeps what peers report of the storage commitments that the courier asked them for, until the courier has read it.
struct CommitmentReportInbox: StorageCommitmentReportReceiver {
    /// Reports that wait for a courier that does not run. Peers that are refused report again.
    static let maximumUnread = 10_000

    let spool: IntakeSpool
    let dataFolder: String

    func take(_ report: StorageCommitmentReport, from peerAETitle: String) async throws(StoreRefusal) {
        do {
            let courier = try CourierReader(folder: StageFiles.folder(.courier, in: dataFolder))
            guard let courier, try courier.awaitsReport(of: report.transactionUID) else {
                throw StoreRefusal(.invalidArgumentValue, "nobody here asked for this transaction")
            }
            try spool.keepCommitmentReport(
                String(decoding: JSONEncoder().encode(report), as: UTF8.self),
                unreadAfter: courier.commitmentCursor(), limit: Self.maximumUnread)
        } catch let refusal as StoreRefusal {
            throw refusal
        } catch {
            throw StoreRefusal(.processingFailure, "\(error)")
        }
    }
}
