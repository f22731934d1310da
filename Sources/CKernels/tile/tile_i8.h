// The matrix tile under convolution and dense layers: up to 4 rows of 8-bit depth times 4 columns of packed weights,
// requantised. Depth is whole blocks of 16; the packing pads with zeros, so surplus depth adds nothing.

#ifndef OUTPOST_TILE_I8_H
#define OUTPOST_TILE_I8_H

#include "../requantise.h"

enum { CK_TILE_ROWS = 4, CK_TILE_COLUMNS = 4, CK_TILE_DEPTH = 16 };

typedef struct {
    const int8_t *rows[CK_TILE_ROWS];  ///< all valid: rows past the last repeat it
    int8_t *outputs[CK_TILE_ROWS];
    size_t row_count;     ///< 1...4 rows are stored
    size_t column_count;  ///< all columns of the layer; tiles follow each other in the packed weights
    size_t depth_blocks;
    const int8_t *weights;
    const int32_t *bias;
    const float *multipliers;
    const ck_output_range *range;
} ck_tile_rows;

/// Computes all columns for up to four rows.
typedef void (*ck_tile_function)(const ck_tile_rows *);

void ck_tile_i8__scalar(const ck_tile_rows *);
#if defined(__aarch64__)
void ck_tile_i8__neon(const ck_tile_rows *);
#endif

/// The operators over a tile: they gather rows and leave the arithmetic to the tile.
void ck_conv2d_i8_over(const ck_conv2d_i8 *, ck_tile_function);
void ck_dense_i8_over(const ck_dense_i8 *, ck_tile_function);

#endif
