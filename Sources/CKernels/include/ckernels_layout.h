// Kernels that move values between layouts and types.
//
// An image is either in blocks, [channels / 8, rounded up][rows][columns][8], or row-major, [channels][rows][columns].
// `part` of `part_count` is as everywhere: see ckernels_image.h.

#ifndef OUTPOST_CKERNELS_LAYOUT_H
#define OUTPOST_CKERNELS_LAYOUT_H

#include "ckernels_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/// One side of a copy: an image, of which the copy takes `channels` from `first_channel` on.
typedef struct {
    int32_t is_blocked;
    size_t first_channel;
    size_t row_pixels;    ///< pixels from one row to the next, >= the columns copied
    size_t plane_pixels;  ///< pixels from one channel (row-major) or block to the next
} ck_image_layout;

/// Copies an image or a part of one: out[c, y, x] = in[c, y, x], each side in its own layout, for Concat, Slice, Split
/// and Reshape. Where the part does not begin at the first pixel, the caller moves the pointer: 8 bytes a pixel in
/// blocks, one row-major. No byte but the copied ones changes: of a block, only the channels that are copied. The
/// others are written as they were, so that two copies into one block must not run at the same time.
typedef struct {
    size_t channels, rows, columns;
    const int8_t *input;
    int8_t *output;
    ck_image_layout input_layout, output_layout;
    int32_t flip_sign;  ///< adds 128 modulo 256: unsigned values into their signed form, or back
    size_t part, part_count;
} ck_copy_i8;

/// out = round(in / scale) + zero point, ONNX QuantizeLinear; not-a-number gives the range's minimum. The input is
/// row-major; in a blocked output the surplus channels become the zero point.
typedef struct {
    size_t channels, pixels;  ///< a flat value is one channel
    const float *input;
    int8_t *output;
    int32_t output_is_blocked;
    float scale;
    ck_output_range range;
    size_t part, part_count;
} ck_quantise_f32_i8;

/// out = (in - zero_point) * scale, ONNX DequantizeLinear. The output is row-major.
typedef struct {
    size_t channels, pixels;  ///< a flat value is one channel
    const int8_t *input;
    float *output;
    int32_t input_is_blocked;
    float scale;
    int32_t zero_point;
    size_t part, part_count;
} ck_dequantise_i8_f32;

#ifdef __cplusplus
}
#endif
#endif
