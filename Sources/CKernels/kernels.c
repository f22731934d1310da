// The one list of all kernels. A new variant is a file and a row; it goes after the rows it is better than.

#include "kernels.h"

#include "matrix/matrix_i8.h"

#define NO_TILE 1, 1, 1

#define ROW(OPERATION, function, variant_, features, smallest_weight, ...)                            \
    {                                                                                                 \
        .operation = OPERATION, .name = #function, .variant = #variant_,                              \
        .required_features = features, .weight_minimum = smallest_weight, .tile = {__VA_ARGS__},      \
        .run.function = ck_##function##__##variant_                                                   \
    }

// Convolutions and dense layers: `pixels` is the width of the variant's widest tile.
#define MATRIX_ROW(OPERATION, function, variant_, features, smallest_weight, pixels)                  \
    {                                                                                                 \
        .operation = OPERATION, .name = #function, .variant = #variant_,                              \
        .required_features = features, .weight_minimum = smallest_weight,                             \
        .tile = {pixels, CK_MATRIX_COLUMNS, CK_MATRIX_DEPTH}, .matrix = &ck_matrix_i8__##variant_,    \
        .run.function = ck_##function##__##variant_                                                   \
    }

static const ck_kernel kernels[] = {
    MATRIX_ROW(CK_CONV2D_I8, conv2d_i8, scalar, 0, -128, 4),
    MATRIX_ROW(CK_DENSE_I8, dense_i8, scalar, 0, -128, 4),
#define SCALAR(OPERATION, function, ...) ROW(OPERATION, function, scalar, 0, -128, __VA_ARGS__)
    SCALAR(CK_DEPTHWISE_I8, depthwise_i8, NO_TILE),
    SCALAR(CK_MAXPOOL_I8, maxpool_i8, NO_TILE),
    SCALAR(CK_AVERAGEPOOL_I8, averagepool_i8, NO_TILE),
    SCALAR(CK_RESIZE_NEAREST_I8, resize_nearest_i8, NO_TILE),
    SCALAR(CK_RESIZE_LINEAR_I8, resize_linear_i8, NO_TILE),
    SCALAR(CK_PAD_I8, pad_i8, NO_TILE),
    SCALAR(CK_ADD_I8, add_i8, NO_TILE),
    SCALAR(CK_MUL_I8, mul_i8, NO_TILE),
    SCALAR(CK_AFFINE_I8, affine_i8, NO_TILE),
    SCALAR(CK_LOOKUP_I8, lookup_i8, NO_TILE),
    SCALAR(CK_SOFTMAX_I8, softmax_i8, NO_TILE),
    SCALAR(CK_ARGMAX_I8, argmax_i8, NO_TILE),
    SCALAR(CK_COPY_I8, copy_i8, NO_TILE),
    SCALAR(CK_QUANTISE_F32_I8, quantise_f32_i8, NO_TILE),
    SCALAR(CK_DEQUANTISE_I8_F32, dequantise_i8_f32, NO_TILE),
#if defined(__aarch64__)
    // Convolutions and dense layers.
    MATRIX_ROW(CK_CONV2D_I8, conv2d_i8, neon, CK_FEATURE_NEON, -127, 12),
    MATRIX_ROW(CK_DENSE_I8, dense_i8, neon, CK_FEATURE_NEON, -127, 12),
    ROW(CK_CONV2D_I8, conv2d_i8, neonwinograd, CK_FEATURE_NEON, -128, 4, CK_MATRIX_COLUMNS, CK_MATRIX_DEPTH),
    MATRIX_ROW(CK_CONV2D_I8, conv2d_i8, neondot, CK_FEATURE_DOTPROD, -128, 12),
    MATRIX_ROW(CK_DENSE_I8, dense_i8, neondot, CK_FEATURE_DOTPROD, -128, 12),
    MATRIX_ROW(CK_CONV2D_I8, conv2d_i8, neoni8mm, CK_FEATURE_DOTPROD | CK_FEATURE_I8MM, -128, 12),
    MATRIX_ROW(CK_DENSE_I8, dense_i8, neoni8mm, CK_FEATURE_DOTPROD | CK_FEATURE_I8MM, -128, 12),
    // All others.
#define NEON(OPERATION, function, ...) ROW(OPERATION, function, neon, CK_FEATURE_NEON, -128, __VA_ARGS__)
    NEON(CK_DEPTHWISE_I8, depthwise_i8, NO_TILE),
    ROW(CK_DEPTHWISE_I8, depthwise_i8, neondot, CK_FEATURE_DOTPROD, -128, NO_TILE),
    NEON(CK_MAXPOOL_I8, maxpool_i8, NO_TILE),
    NEON(CK_ADD_I8, add_i8, NO_TILE),
    NEON(CK_MUL_I8, mul_i8, NO_TILE),
    NEON(CK_LOOKUP_I8, lookup_i8, NO_TILE),
    NEON(CK_AFFINE_I8, affine_i8, NO_TILE),
    NEON(CK_ARGMAX_I8, argmax_i8, NO_TILE),
    NEON(CK_RESIZE_NEAREST_I8, resize_nearest_i8, NO_TILE),
    NEON(CK_RESIZE_LINEAR_I8, resize_linear_i8, NO_TILE),
    NEON(CK_COPY_I8, copy_i8, NO_TILE),
    NEON(CK_AVERAGEPOOL_I8, averagepool_i8, NO_TILE),
    NEON(CK_QUANTISE_F32_I8, quantise_f32_i8, NO_TILE),
    NEON(CK_DEQUANTISE_I8_F32, dequantise_i8_f32, NO_TILE),
#endif
};

size_t ck_kernel_count(void) { return sizeof kernels / sizeof kernels[0]; }

const ck_kernel *ck_kernel_at(size_t index) { return &kernels[index]; }
