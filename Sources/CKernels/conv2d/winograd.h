// Winograd's convolution F(4 x 4, 3 x 3) in whole numbers: 36 products give 16 results that take 144 directly.
//
// Y = A' [(G g G') . (B' d B)] A, with the points 0, 1, -1, 2, -2 and infinity. G has fractions; its rows are
// multiplied by (24, -6, -6, 24, 24, 6), so that
//
//     G = [ 6  0  0 ]      B' = [ 4  0 -5  0  1  0 ]      24 A' = [ 1 -4 -4  1  1  0 ]
//         [ 1  1  1 ]           [ 0 -4 -4  1  1  0 ]              [ 0 -4  4  2 -2  0 ]   = 2 [ 0 -2  2  1 -1  0 ]
//         [ 1 -1  1 ]           [ 0  4 -4 -1  1  0 ]              [ 0 -4 -4  4  4  0 ]   = 4 [ 0 -1 -1  1  1  0 ]
//         [ 1  2  4 ]           [ 0 -2 -1  2  1  0 ]              [ 0 -4  4  8 -8  4 ]   = 4 [ 0 -1  1  2 -2  1 ]
//         [ 1 -2  4 ]           [ 0  2 -1 -2  1  0 ]
//         [ 0  0  6 ]           [ 0  4  0 -5  0  1 ]
//
// Transformed weights are at most 7 * 7 * 128 = 6272, transformed inputs 10 * 10 * 128 = 12800 in magnitude: int16.
// Their products are added, and transformed back, modulo 2^32. Without the factors 2, 4 and 4 of the rows, result
// (a, b) is 9 * 2^(6 - e[a] - e[b]) Y there, with e = 0, 1, 2, 2. Multiplying by the inverse of 9 modulo 2^32 leaves Y
// times a power of two of at most 64, and a shift right Y itself, because Y is small enough: |Y| < 2^25, which packing
// proves from the weights, whatever the input.

#ifndef OUTPOST_WINOGRAD_H
#define OUTPOST_WINOGRAD_H

#include "conv2d_band.h"

enum {
    CK_WINOGRAD_RESULTS = 4,  ///< rows and columns of results of a tile
    CK_WINOGRAD_POINTS = 6,   ///< rows and columns of a transformed tile
    CK_WINOGRAD_PRODUCTS = CK_WINOGRAD_POINTS * CK_WINOGRAD_POINTS,
    CK_WINOGRAD_TAPS = 9,
    CK_WINOGRAD_GROUP = 8,  ///< tiles multiplied at a time
    /// The sum of a channel's weights' magnitudes, below which |Y| < 2^25: times 128.
    CK_WINOGRAD_WEIGHT_LIMIT = 1 << 18,
};

/// Whether a convolution can be computed so, and is better for it.
int ck_winograd_suits(const ck_conv2d_shape *);

size_t ck_winograd_scratch_bytes(const ck_conv2d_shape *);

/// Packed weights: [output blocks][input channels, whole blocks][taps][8 output channels].
size_t ck_winograd_packed_bytes(const ck_conv2d_shape *);
int32_t ck_winograd_pack(const ck_conv2d_shape *, const int8_t *weights, int8_t *packed);

#endif
