// The kernels: what each one computes, and the one list of them all.
//
// Rules that hold for every kernel
//  - 8-bit activations are signed. An unsigned tensor is held as its values minus 128, its zero point likewise.
//  - Images are channels-last: [rows, columns, channels], one image per call, no gaps unless a stride says so.
//  - A variant is bit-exact to the scalar reference. Accumulators are int32; whoever packs the weights proves that they
//    cannot overflow.
//  - No kernel reads or writes a byte outside the extents its arguments describe, and none allocates.
//  - Requantisation is defined once, in requantise.h.

#ifndef OUTPOST_CKERNELS_H
#define OUTPOST_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "ckernels_elementwise.h"
#include "ckernels_f32.h"
#include "ckernels_image.h"
#include "ckernels_layout.h"
#include "ckernels_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Convolution, one group: out[y, x, o] = requantise(bias[o] + sum over k of patch[y, x, k] * weight[o, k]).
/// The patch of a pixel is ordered (kernel row, kernel column, channel); places outside the image hold
/// `input_zero_point`. `weights`, `bias` and `multipliers` are packed: see ck_pack_weights.
typedef struct {
    ck_window window;
    size_t input_channels, output_channels;
    size_t input_stride, output_stride;  ///< bytes from one pixel to the next, >= the channels
    const int8_t *input;
    int8_t *output;
    const int8_t *weights;
    const int32_t *bias;       ///< with the input's zero point folded in
    const float *multipliers;  ///< input scale * weight scale / output scale
    int32_t input_zero_point;
    ck_output_range range;
    int8_t *scratch;  ///< ck_conv2d_scratch_bytes()
} ck_conv2d_i8;

/// Dense layer: out[r, o] = requantise(bias[o] + sum over k of in[r, k] * weight[o, k]). Packed as for a convolution.
typedef struct {
    size_t rows, depth, columns;
    const int8_t *input;
    int8_t *output;
    const int8_t *weights;
    const int32_t *bias;
    const float *multipliers;
    ck_output_range range;
    int8_t *scratch;  ///< ck_dense_scratch_bytes()
} ck_dense_i8;

typedef enum {
    CK_CONV2D_I8,
    CK_DENSE_I8,
    CK_DEPTHWISE_I8,
    CK_MAXPOOL_I8,
    CK_AVERAGEPOOL_I8,
    CK_RESIZE_NEAREST_I8,
    CK_RESIZE_LINEAR_I8,
    CK_PAD_I8,
    CK_ADD_I8,
    CK_MUL_I8,
    CK_AFFINE_I8,
    CK_LOOKUP_I8,
    CK_SOFTMAX_I8,
    CK_ARGMAX_I8,
    CK_COPY_I8,
    CK_QUANTISE_F32_I8,
    CK_DEQUANTISE_I8_F32,
    CK_OPERATION_COUNT
} ck_operation;

/// The shape of the block a matrix kernel works on, and of its packed weights. 1 x 1 x 1 where it does not apply.
typedef struct {
    size_t rows, columns, depth;
} ck_tile;

/// One row of the list.
typedef struct {
    ck_operation operation;
    const char *name;     ///< the operation, `conv2d_i8`
    const char *variant;  ///< `scalar`, `neon`, ...
    uint32_t required_features;
    int32_t weight_minimum;  ///< the smallest weight it computes exactly with
    ck_tile tile;
    union {
        void (*conv2d_i8)(const ck_conv2d_i8 *);
        void (*dense_i8)(const ck_dense_i8 *);
        void (*depthwise_i8)(const ck_depthwise_i8 *);
        void (*maxpool_i8)(const ck_maxpool_i8 *);
        void (*averagepool_i8)(const ck_averagepool_i8 *);
        void (*resize_nearest_i8)(const ck_resize_nearest_i8 *);
        void (*resize_linear_i8)(const ck_resize_linear_i8 *);
        void (*pad_i8)(const ck_pad_i8 *);
        void (*add_i8)(const ck_add_i8 *);
        void (*mul_i8)(const ck_mul_i8 *);
        void (*affine_i8)(const ck_affine_i8 *);
        void (*lookup_i8)(const ck_lookup_i8 *);
        void (*softmax_i8)(const ck_softmax_i8 *);
        void (*argmax_i8)(const ck_argmax_i8 *);
        void (*copy_i8)(const ck_copy_i8 *);
        void (*quantise_f32_i8)(const ck_quantise_f32_i8 *);
        void (*dequantise_i8_f32)(const ck_dequantise_i8_f32 *);
    } run;
} ck_kernel;

/// The list: of one operation's rows the scalar reference comes first, each later one is preferred to those before it.
size_t ck_kernel_count(void);
const ck_kernel *ck_kernel_at(size_t index);

/// Bytes of packed weights: [columns up to a tile] x [depth up to a tile].
size_t ck_packed_weight_bytes(ck_tile tile, size_t depth, size_t columns);
/// The columns rounded up to whole tiles: how many entries packed bias and multipliers have (the surplus is zero).
size_t ck_packed_columns(ck_tile tile, size_t columns);
/// Packs row-major weights [columns, depth] into [column tiles][depth tiles][tile columns][tile depth], zero-padded.
void ck_pack_weights(ck_tile tile, size_t depth, size_t columns, const int8_t *weights, int8_t *packed);

size_t ck_conv2d_scratch_bytes(ck_tile tile, const ck_window *window, size_t input_channels);
size_t ck_dense_scratch_bytes(ck_tile tile, size_t depth);

/// out[column, row] = in[row, column], bytes.
void ck_transpose_x8(size_t rows, size_t columns, const uint8_t *input, uint8_t *output);
/// Adds 128 modulo 256: turns unsigned values into their signed form and back.
void ck_flip_sign_x8(size_t count, const uint8_t *input, uint8_t *output);

#ifdef __cplusplus
}
#endif
#endif
