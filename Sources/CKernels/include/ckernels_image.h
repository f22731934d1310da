// Kernels on images in blocks of channels: windows, pooling, resizing, borders.
//
// Every image here lies in blocks: [channels / 8, rounded up][rows][columns][8], one image per call. Surplus channels
// of the last block are computed like the others, from whatever they hold, and mean nothing.
//
// `part` of `part_count` says which share of the result a call computes: any count will do, the shares do not overlap,
// together they are the whole, and some may be empty. What a share holds does not depend on the count.

#ifndef OUTPOST_CKERNELS_IMAGE_H
#define OUTPOST_CKERNELS_IMAGE_H

#include "ckernels_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Depthwise convolution: out[y, x, c] = requantise(bias[c] + sum over taps t of in[.., c] * weight[t, c]); places
/// outside the image hold `input_zero_point`.
typedef struct {
    ck_window window;
    size_t channels;
    const int8_t *input;
    int8_t *output;
    const void *weights;       ///< ck_depthwise_pack(), aligned to 16
    const int32_t *bias;       ///< with the input's zero point folded in; [channels up to whole blocks], surplus zero
    const float *multipliers;  ///< input scale * weight scale / output scale, finite; as many, surplus zero
    int32_t input_zero_point;
    ck_output_range range;
    void *scratch;  ///< ck_depthwise_scratch_bytes() for each part that runs at the same time, aligned to 16
    size_t part, part_count;
} ck_depthwise_i8;

/// Bytes of packed weights, for every variant.
size_t ck_depthwise_packed_bytes(const ck_window *window, size_t channels);
/// Packs weights [channels, taps]. Whoever packs also proves that bias plus sum stays within int32 whatever the input.
void ck_depthwise_pack(const ck_window *window, size_t channels, const int8_t *weights, void *packed);
size_t ck_depthwise_scratch_bytes(const ck_window *window);

/// Maximum of the window; places outside the image do not count. Every window touches the image. The global maximum is
/// the window that covers the image.
typedef struct {
    ck_window window;
    size_t channels;
    const int8_t *input;
    int8_t *output;
    ck_output_range range;  ///< only its ends are used: input and output share scale and zero point
    void *scratch;          ///< ck_maxpool_scratch_bytes() for each part that runs at the same time, aligned to 16
    size_t part, part_count;
} ck_maxpool_i8;

size_t ck_maxpool_scratch_bytes(const ck_window *window);

/// Mean of the window: requantise(sum of (in - input_zero_point), multiplier / count). The count is the window's places
/// inside the image or, with `count_padding`, inside the image and its padding, `pad_bottom` and `pad_right` included:
/// a window of ONNX' ceil_mode may reach beyond. Every window touches the image and has at most 2^23 places. The global
/// mean is the window that covers the image.
typedef struct {
    ck_window window;
    size_t pad_bottom, pad_right;  ///< used with `count_padding` alone
    size_t channels;
    const int8_t *input;
    int8_t *output;
    int32_t input_zero_point;
    float multiplier;  ///< input scale / output scale
    int32_t count_padding;
    ck_output_range range;
    void *scratch;  ///< ck_averagepool_scratch_bytes() for each part that runs at the same time, aligned to 16
    size_t part, part_count;
} ck_averagepool_i8;

size_t ck_averagepool_scratch_bytes(const ck_window *window);

/// out[y, x] = in[row_source[y], column_source[x]]: nearest neighbours in any coordinate mode, which is the caller's
/// business. Scale and zero point stay.
typedef struct {
    size_t channels;
    size_t input_rows, input_columns, output_rows, output_columns;
    const int8_t *input;
    int8_t *output;
    const uint32_t *row_source;     ///< [output_rows], each below input_rows
    const uint32_t *column_source;  ///< [output_columns], each below input_columns
    size_t part, part_count;
} ck_resize_nearest_i8;

/// One output coordinate along one axis: (1 - weight) * in[first] + weight * in[second].
typedef struct {
    uint32_t first, second;
    float weight;  ///< 0...1
} ck_resize_source;

/// Linear interpolation along both axes, with v = in - input_zero_point and every operation rounded to float32:
///   left(r)  = v[r, x.first] * (1 - x.weight), right(r) = v[r, x.second] * x.weight, row(r) = left(r) + right(r)
///   out = round((row(y.first) * (1 - y.weight) + row(y.second) * y.weight) * multiplier), brought into the range.
/// onnxruntime multiplies the two weights first and dequantises before: its float32 result differs in the last bits, so
/// that the byte may differ by one step where the exact result lies halfway between two. Where it runs the operator on
/// bytes, scale unchanged, it cuts instead of rounding; rounding is what the dequantised operator means.
typedef struct {
    size_t channels;
    size_t input_rows, input_columns, output_rows, output_columns;
    const int8_t *input;
    int8_t *output;
    const ck_resize_source *rows;     ///< [output_rows]
    const ck_resize_source *columns;  ///< [output_columns]
    int32_t input_zero_point;
    float multiplier;  ///< input scale / output scale
    ck_output_range range;
    void *scratch;  ///< ck_resize_linear_scratch_bytes() for each part that runs at the same time, aligned to 16
    size_t part, part_count;
} ck_resize_linear_i8;

size_t ck_resize_linear_scratch_bytes(size_t output_columns);

/// The image inside a border of one value: `value` where the output lies outside the input moved by the pads.
typedef struct {
    size_t channels;
    size_t input_rows, input_columns, output_rows, output_columns;
    size_t pad_top, pad_left;  ///< pad + input <= output along both axes
    const int8_t *input;
    int8_t *output;
    int8_t value;
    size_t part, part_count;
} ck_pad_i8;

#ifdef __cplusplus
}
#endif
#endif
