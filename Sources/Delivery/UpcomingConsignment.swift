import Records

/// The object that is sent next, its first bytes read and checked already, and those behind it.
struct UpcomingConsignment: Sendable {
    let consignment: Consignment
    let dataSet: Result<SpooledDataSet, SpooledDataSetError>
    let rest: ArraySlice<Consignment>

    /// The first of `rest`, or where it is empty, of what the source gives; nil where that is nothing.
    ///
    /// - Parameter preparedBytes: how many are read and checked beforehand.
    static func next(
        of rest: ArraySlice<Consignment>, orFrom source: some ConsignmentSource, within patience: Duration,
        preparing preparedBytes: Int
    ) async -> UpcomingConsignment? {
        let rest = rest.isEmpty ? await source.next(within: patience)[...] : rest
        guard let first = rest.first else { return nil }
        let dataSet: Result<SpooledDataSet, SpooledDataSetError>
        do throws(SpooledDataSetError) {
            dataSet = .success(try await SpooledDataSet.open(first, preparing: preparedBytes, moved: source.moved))
        } catch {
            dataSet = .failure(error)
        }
        return UpcomingConsignment(consignment: first, dataSet: dataSet, rest: rest.dropFirst())
    }

    /// This one and those behind it.
    var all: [Consignment] { [consignment] + rest }
}
