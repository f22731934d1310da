// Float operators, row-major [channels, rows, columns], for what a graph leaves in float. Reference speed.

#ifndef OUTPOST_CKERNELS_F32_H
#define OUTPOST_CKERNELS_F32_H

#include "ckernels_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Weights [output channels, input channels / groups, kernel rows, kernel columns]; `bias` may be NULL.
void ck_conv2d_f32(const ck_window *window, size_t groups, size_t input_channels, size_t output_channels,
                   const float *input, const float *weights, const float *bias, float *output);
/// out[m, n] = sum over k of a[m, k] * b[n, k] + bias[n]; `bias` may be NULL.
void ck_dense_f32(size_t rows, size_t depth, size_t columns, const float *a, const float *b, const float *bias,
                  float *output);
/// minimum <= maximum; not-a-number stays.
void ck_clamp_f32(size_t count, const float *input, float minimum, float maximum, float *output);

#ifdef __cplusplus
}
#endif
#endif
