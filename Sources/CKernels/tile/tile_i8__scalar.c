#include "tile_i8.h"

void ck_tile_i8__scalar(const ck_tile_rows *t) {
    for (size_t column = 0; column < t->column_count; column++) {
        const size_t block = column / CK_TILE_COLUMNS, lane = column % CK_TILE_COLUMNS;
        const int8_t *weights =
            t->weights + block * t->depth_blocks * CK_TILE_COLUMNS * CK_TILE_DEPTH + lane * CK_TILE_DEPTH;
        for (size_t row = 0; row < t->row_count; row++) {
            int32_t sum = t->bias[column];
            for (size_t d = 0; d < t->depth_blocks; d++) {
                const int8_t *a = t->rows[row] + d * CK_TILE_DEPTH;
                const int8_t *b = weights + d * CK_TILE_COLUMNS * CK_TILE_DEPTH;
                for (size_t k = 0; k < CK_TILE_DEPTH; k++) sum += (int32_t)a[k] * (int32_t)b[k];
            }
            t->outputs[row][column] = ck_requantise_i8(sum, t->multipliers[column], t->range);
        }
    }
}
