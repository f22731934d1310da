/// Who is sending now, and how much so far. A plain value: the caller says what time it is.
struct ReceptionTally: Sendable {
    /// One from whom nothing came for so long is not sending any more.
    static let pause = Duration.seconds(5)
    /// … and after so long its images are counted anew.
    static let forgetting = Duration.seconds(60)
    /// Who calls under ever new names is not counted beyond so many.
    static let maximumSenders = 64

    private struct Sender {
        var images = 0
        var underWay = 0
        var last = Duration.zero
    }

    private var senders: [String: Sender] = [:]

    /// An object begins.
    mutating func begin(from title: String, at now: Duration) {
        senders = senders.filter { $0.value.underWay > 0 || now - $0.value.last < Self.forgetting }
        guard senders[title] != nil || senders.count < Self.maximumSenders else { return }
        senders[title, default: Sender()].underWay += 1
        senders[title]?.last = now
    }

    /// It was kept, or not.
    mutating func end(from title: String, isKept: Bool, at now: Duration) {
        guard var sender = senders[title], sender.underWay > 0 else { return }
        sender.underWay -= 1
        sender.images += isKept ? 1 : 0
        sender.last = now
        senders[title] = sender
    }

    /// By AE title, in its order; how many of theirs were kept.
    func sending(at now: Duration) -> [(title: String, images: Int)] {
        senders.filter { $0.value.underWay > 0 || now - $0.value.last < Self.pause }
            .sorted { $0.key < $1.key }.map { (title: $0.key, images: $0.value.images) }
    }
}
