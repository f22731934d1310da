// Dense layer over the matrix kernel. A few rows are multiplied one by one as vectors; from a narrow tile's worth on
// they are brought side by side into blocks, and a tile of rows takes the place of a tile of pixels.

#include <string.h>

#include "../ckernels_math.h"
#include "../matrix/matrix_i8.h"
#include "../matrix/part.h"

enum { FEWEST_TILED_ROWS = 4 };

static size_t depth_blocks(size_t depth) { return ck_round_up(depth, CK_MATRIX_DEPTH) / CK_MATRIX_DEPTH; }

size_t ck_dense_i8_scratch_bytes(const ck_matrix *matrix, size_t depth) {
    return depth_blocks(depth) * CK_MATRIX_DEPTH * matrix->forms[0].pixels;
}

/// One row in whole blocks: in place, or copied and padded.
static const int8_t *whole_row(const ck_dense_i8 *a, size_t row) {
    const int8_t *source = a->input + row * a->depth;
    const size_t padded = depth_blocks(a->depth) * CK_MATRIX_DEPTH;
    if (padded == a->depth) return source;
    memcpy(a->scratch, source, a->depth);
    memset((int8_t *)a->scratch + a->depth, 0, padded - a->depth);
    return a->scratch;
}

static void multiply_row(const ck_dense_i8 *a, const ck_matrix *matrix, size_t row, ck_part columns) {
    const size_t blocks = depth_blocks(a->depth), first = columns.first * CK_MATRIX_COLUMNS;
    const size_t column_bytes = ck_matrix_column_bytes(matrix, blocks);
    const size_t whole_end = ck_smaller(columns.end, a->columns / CK_MATRIX_COLUMNS);
    const size_t whole = whole_end > columns.first ? whole_end - columns.first : 0;
    ck_matrix_vector vector = {
        .column_blocks = whole,
        .depth_blocks = blocks,
        .input = whole_row(a, row),
        .weights = (const int8_t *)a->weights + columns.first * column_bytes,
        .column_bytes = column_bytes,
        .bias = a->bias + first,
        .multipliers = a->multipliers + first,
        .range = a->range,
        .output = a->output + row * a->columns + first,
    };
    if (whole > 0) matrix->vector(&vector);
    if (columns.first + whole == columns.end) return;
    // The last block of columns is not full.
    int8_t rest[CK_MATRIX_COLUMNS], *output = vector.output + whole * CK_MATRIX_COLUMNS;
    vector.column_blocks = 1;
    vector.weights = (const int8_t *)vector.weights + whole * column_bytes;
    vector.bias += whole * CK_MATRIX_COLUMNS, vector.multipliers += whole * CK_MATRIX_COLUMNS;
    vector.output = rest;
    matrix->vector(&vector);
    memcpy(output, rest, a->columns % CK_MATRIX_COLUMNS);
}

/// Rows side by side: [depth blocks][width][8]; rows past the last repeat it.
static void stage_rows(const ck_dense_i8 *a, size_t first, size_t count, size_t width) {
    int8_t *to = a->scratch;
    for (size_t depth = 0; depth < a->depth; depth += CK_MATRIX_DEPTH) {
        const size_t present = ck_smaller(CK_MATRIX_DEPTH, a->depth - depth);
        for (size_t row = 0; row < width; row++, to += CK_MATRIX_DEPTH) {
            const int8_t *from = a->input + (first + ck_smaller(row, count - 1)) * a->depth + depth;
            if (present == CK_MATRIX_DEPTH) {
                memcpy(to, from, CK_MATRIX_DEPTH);
            } else {
                memset(to, 0, CK_MATRIX_DEPTH);
                memcpy(to, from, present);
            }
        }
    }
}

static void multiply_tile(const ck_dense_i8 *a, const ck_matrix *matrix, ck_matrix_form form, size_t first,
                          size_t count, ck_part columns) {
    const size_t blocks = depth_blocks(a->depth), column_bytes = ck_matrix_column_bytes(matrix, blocks);
    stage_rows(a, first, count, form.pixels);
    for (size_t block = columns.first; block < columns.end; block++) {
        const size_t column = block * CK_MATRIX_COLUMNS;
        int8_t tile[CK_MATRIX_MOST_PIXELS * CK_MATRIX_COLUMNS];
        const ck_matrix_strip strip = {
            .tile_count = 1,
            .run_count = 1,
            .depth_blocks = blocks,
            .input = a->scratch,
            .block_stride = form.pixels * CK_MATRIX_DEPTH,
            .weights = (const int8_t *)a->weights + block * column_bytes,
            .bias = a->bias + column,
            .multipliers = a->multipliers + column,
            .range = a->range,
            .output = tile,
        };
        form.run(&strip);
        const size_t present = ck_smaller(CK_MATRIX_COLUMNS, a->columns - column);
        for (size_t row = 0; row < count; row++)
            memcpy(a->output + (first + row) * a->columns + column, tile + row * CK_MATRIX_COLUMNS, present);
    }
}

void ck_dense_i8_over(const ck_dense_i8 *a, const ck_matrix *matrix) {
    const size_t blocks = ck_round_up(a->columns, CK_MATRIX_COLUMNS) / CK_MATRIX_COLUMNS;
    const ck_part columns = ck_part_of(blocks, a->part, a->part_count);
    if (columns.first == columns.end) return;
    size_t row = 0;
    while (a->rows - row >= FEWEST_TILED_ROWS) {
        const ck_matrix_form form = ck_matrix_form_for(matrix, a->rows - row);
        const size_t count = ck_smaller(a->rows - row, form.pixels);
        multiply_tile(a, matrix, form, row, count, columns);
        row += count;
    }
    for (; row < a->rows; row++) multiply_row(a, matrix, row, columns);
}
