// How the Winograd convolution is cut: chunks of rows of tiles, whose transformed input stays in the second-level cache
// while every block of output channels passes by, its weights transformed on the way. So the weights in memory are the
// model's, not the eight times as many bytes that they are transformed.

#ifndef OUTPOST_WINOGRAD_PLAN_H
#define OUTPOST_WINOGRAD_PLAN_H

#include "winograd.h"

typedef struct {
    ck_conv2d_shape padded;  ///< the output rounded up to whole tiles
    size_t tile_rows, tile_columns, input_blocks, output_blocks;
    size_t chunk_tile_rows;
    // The scratch: transformed input, transformed weights, products, band.
    size_t input_bytes, weight_bytes, product_bytes;
} ck_winograd_plan;

ck_winograd_plan ck_winograd_plan_of(const ck_conv2d_shape *);

/// Transformed input is [products][groups of tiles][blocks][8 tiles][8 channels] int16; bytes from one product to the
/// next. They are not a power of two, or all products of a tile would share a set of the cache.
static inline size_t ck_winograd_product_stride(size_t tiles, size_t blocks) {
    enum { LINE_BYTES = 64, VECTOR_BYTES = 16 };
    return ck_round_up(tiles, CK_WINOGRAD_GROUP) * blocks * VECTOR_BYTES + LINE_BYTES;
}

#endif
