#include <string.h>

#include "../ckernels_math.h"
#include "../tile/tile_i8.h"

size_t ck_dense_scratch_bytes(ck_tile tile, size_t depth) { return tile.rows * ck_round_up(depth, tile.depth); }

void ck_dense_i8_over(const ck_dense_i8 *a, ck_tile_function tile) {
    const size_t padded_depth = ck_round_up(a->depth, CK_TILE_DEPTH);
    const int in_place = padded_depth == a->depth;
    ck_tile_rows rows = {
        .column_count = a->columns,
        .depth_blocks = padded_depth / CK_TILE_DEPTH,
        .weights = a->weights,
        .bias = a->bias,
        .multipliers = a->multipliers,
        .range = &a->range,
    };
    for (size_t first = 0; first < a->rows; first += CK_TILE_ROWS) {
        rows.row_count = a->rows - first < CK_TILE_ROWS ? a->rows - first : CK_TILE_ROWS;
        for (size_t row = 0; row < CK_TILE_ROWS; row++) {
            const size_t present = row < rows.row_count ? row : rows.row_count - 1;
            const int8_t *source = a->input + (first + present) * a->depth;
            int8_t *copy = a->scratch + present * padded_depth;
            rows.outputs[row] = a->output + (first + present) * a->columns;
            rows.rows[row] = in_place ? source : copy;
            if (in_place || row != present) continue;
            memcpy(copy, source, a->depth);
            memset(copy + a->depth, 0, padded_depth - a->depth);
        }
        tile(&rows);
    }
}
