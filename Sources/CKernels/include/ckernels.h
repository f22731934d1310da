// The kernels: what each one computes, and the one list of them all.
//
// Rules that hold for every kernel
//  - 8-bit activations are signed. An unsigned tensor is held as its values minus 128, its zero point likewise.
//  - Images lie "in blocks": [channels / 8, rounded up][rows][columns][8], one image per call. The last block's surplus
//    channels are initialised bytes of any value, which no kernel lets influence a result it promises.
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

/// What packing a convolution's weights and sizing its scratch depend on.
typedef struct {
    ck_window window;
    size_t input_channels, output_channels;
    /// Divides both. Several groups in one call cost the products between them: a caller cuts the groups into calls of
    /// whole blocks and gives what is left (8 channels in 2 groups, say) as one call.
    size_t groups;
    int32_t input_is_blocked;  ///< otherwise the input is row-major: [channels, rows, columns]
} ck_conv2d_shape;

/// Convolution: out[y, x, o] = requantise(bias[o] + sum over k of patch[y, x, k] * weight[o, k]). Places outside the
/// image hold `input_zero_point`. The output is in blocks.
typedef struct {
    ck_conv2d_shape shape;
    const int8_t *input;
    int8_t *output;
    const void *weights;       ///< ck_conv2d_pack(), aligned to 16
    const int32_t *bias;       ///< with the input's zero point folded in; ck_packed_columns(output channels) of them
    const float *multipliers;  ///< finite: input scale * weight scale / output scale; as many
    int32_t input_zero_point;
    ck_output_range range;
    int32_t is_bounded;  ///< what ck_sums_are_bounded() says of these weights; 0 is always right, and slower
    void *scratch;       ///< ck_conv2d_scratch_bytes() for every part that runs at the same time, aligned to 16
    /// This call computes part `part` of `part_count`. Any count will do: the parts' outputs do not overlap, together
    /// they are the whole, and some may be empty.
    size_t part, part_count;
} ck_conv2d_i8;

/// Dense layer: out[r, o] = requantise(bias[o] + sum over k of in[r, k] * weight[o, k]), input and output row-major.
typedef struct {
    size_t rows, depth, columns;
    const int8_t *input;
    int8_t *output;
    const void *weights;       ///< ck_dense_pack(), aligned to 16
    const int32_t *bias;       ///< with the input's zero point folded in; ck_packed_columns(columns) of them
    const float *multipliers;  ///< as many, finite
    ck_output_range range;
    void *scratch;            ///< ck_dense_scratch_bytes() for every part that runs at the same time, aligned to 16
    size_t part, part_count;  ///< as for a convolution
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

/// The shape of the block a matrix kernel works on: pixels x output channels x depth; 1 x 1 x 1 where it does not
/// apply.
typedef struct {
    size_t rows, columns, depth;
} ck_tile;

/// How a variant packs weights and computes with them; see matrix/matrix_i8.h.
typedef struct ck_matrix ck_matrix;

/// One row of the list.
typedef struct {
    ck_operation operation;
    const char *name;     ///< the operation, `conv2d_i8`
    const char *variant;  ///< `scalar`, `neon`, ...
    uint32_t required_features;
    int32_t weight_minimum;  ///< the smallest weight it computes exactly with
    ck_tile tile;
    const ck_matrix *matrix;  ///< of convolutions and dense layers; NULL for Winograd's convolution
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

/// How many entries packed bias and multipliers have: the columns rounded up to whole blocks. The surplus is zero.
size_t ck_packed_columns(size_t columns);

/// Bytes of packed weights; 0 where the kernel is not meant for such a shape: choose the row before it.
size_t ck_conv2d_packed_bytes(const ck_kernel *kernel, const ck_conv2d_shape *shape);
/// Packs weights [output channels, input channels / groups, kernel rows, kernel columns]. The answer is 0 where these
/// weights break the bounds the kernel is exact within (weight_minimum, and more where it says so): choose the row
/// before it. Whoever packs also proves that bias plus sum stays within int32 whatever the input.
int32_t ck_conv2d_pack(const ck_kernel *kernel, const ck_conv2d_shape *shape, const int8_t *weights, void *packed);
size_t ck_conv2d_scratch_bytes(const ck_kernel *kernel, const ck_conv2d_shape *shape);
/// Whether every sum of weights [columns, depth] with any input, and its bias, is within +-32000 once it is multiplied:
/// it can then be rounded in fewer steps.
int32_t ck_sums_are_bounded(size_t columns, size_t depth, const int8_t *weights, const int32_t *bias,
                            const float *multipliers);

/// The same for a dense layer's weights [columns, depth].
size_t ck_dense_packed_bytes(const ck_kernel *kernel, size_t depth, size_t columns);
int32_t ck_dense_pack(const ck_kernel *kernel, size_t depth, size_t columns, const int8_t *weights, void *packed);
size_t ck_dense_scratch_bytes(const ck_kernel *kernel, size_t depth);

/// out[column, row] = in[row, column], bytes.
void ck_transpose_x8(size_t rows, size_t columns, const uint8_t *input, uint8_t *output);
/// Row-major [channels, pixels] into blocks, and back. Surplus channels become zero.
void ck_block_x8(size_t channels, size_t pixels, const uint8_t *input, uint8_t *output);
void ck_unblock_x8(size_t channels, size_t pixels, const uint8_t *input, uint8_t *output);
/// Adds 128 modulo 256: turns unsigned values into their signed form and back.
void ck_flip_sign_x8(size_t count, const uint8_t *input, uint8_t *output);

#ifdef __cplusplus
}
#endif
#endif
