#include <string.h>

#include "../ckernels_math.h"
#include "tile_i8.h"

size_t ck_packed_columns(ck_tile tile, size_t columns) { return ck_round_up(columns, tile.columns); }

size_t ck_packed_weight_bytes(ck_tile tile, size_t depth, size_t columns) {
    return ck_round_up(columns, tile.columns) * ck_round_up(depth, tile.depth);
}

void ck_pack_weights(ck_tile tile, size_t depth, size_t columns, const int8_t *weights, int8_t *packed) {
    memset(packed, 0, ck_packed_weight_bytes(tile, depth, columns));
    const size_t depth_tiles = ck_round_up(depth, tile.depth) / tile.depth;
    for (size_t column = 0; column < columns; column++) {
        for (size_t k = 0; k < depth; k++) {
            const size_t block = (column / tile.columns) * depth_tiles + k / tile.depth;
            const size_t within = (column % tile.columns) * tile.depth + k % tile.depth;
            packed[block * tile.columns * tile.depth + within] = weights[column * depth + k];
        }
    }
}
