import CKernels

/// out[m, n] = sum over k of a[m, k] * b[k, n], in float32. Strides say how either matrix lies.
struct MatrixProduct: Sendable {
    let rows: Int
    let depth: Int
    let columns: Int
    /// Elements from one row of a, and from one of its columns, to the next.
    let leftStrides: (row: Int, column: Int)
    let rightStrides: (row: Int, column: Int)

    /// Multiply-accumulates; on overflow a negative number or a wrong one, which the limits below it exclude.
    var operations: Int {
        rows.multipliedReportingOverflow(by: depth.multipliedReportingOverflow(by: columns).partialValue).partialValue
    }

    func run(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>) {
        if leftStrides == (depth, 1), rightStrides == (1, depth) {
            ck_dense_f32(rows, depth, columns, a, b, nil, output)
            return
        }
        output.update(repeating: 0, count: rows * columns)
        for row in 0..<rows {
            let line = output + row * columns
            for k in 0..<depth {
                let factor = a[row * leftStrides.row + k * leftStrides.column]
                let terms = b + k * rightStrides.row
                for column in 0..<columns { line[column] += factor * terms[column * rightStrides.column] }
            }
        }
    }
}
