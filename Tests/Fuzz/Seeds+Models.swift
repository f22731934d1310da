import Foundation
import Inference

extension Seeds {
    static func numpyFiles() -> [[UInt8]] {
        [
            Tensor(shape: [2, 3], [Float](repeating: 1, count: 6)), Tensor(shape: [], [Int64(7)]),
            Tensor(shape: [4], [true, false, true, true]), Tensor(shape: [1, 0, 2], [UInt8]()),
        ].map(NumpyFile.bytes)
    }

    static func models() -> [[UInt8]] {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../provisioning/models/chest-nodule/chest-nodule.onnx").standardizedFileURL
        // Without it there is still the empty model.
        return [[], (try? Data(contentsOf: path)).map(Array.init) ?? []]
    }
}
