// Kernels that take each value by itself, or a row of values.
//
// `part` of `part_count` says which share of the result a call computes: any count will do, the shares do not overlap,
// together they are the whole, and some may be empty. What a share holds does not depend on the count.

#ifndef OUTPOST_CKERNELS_ELEMENTWISE_H
#define OUTPOST_CKERNELS_ELEMENTWISE_H

#include "ckernels_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/// How b meets a: a and the output are [outer][repeat][inner], b is [outer][inner]. Some uses:
///   equal shapes            {1, 1, count}
///   one value               {1, count, 1}
///   per channel, in blocks  {blocks, pixels, 8}
///   per channel, row-major  {channels, pixels, 1}
///   per place of a row      {1, rows, columns}
typedef struct {
    size_t outer, repeat, inner;
} ck_broadcast;

/// Sum: out = round((a - a_zero_point) * a_multiplier + (b - b_zero_point) * b_multiplier). A negative multiplier
/// subtracts. The larger multiplier decides how many fraction bits, 13 to 16, let both fit 16 bits:
///  - where they do so exactly, or do not fit, the two products and the sum are each rounded to float32, and the result
///    is rounded half to even, as by onnxruntime: with such scales halves are frequent;
///  - else they are rounded to them and the result is rounded half up. It is off by one step where the exact sum is
///    nearer than 255 / 2^bits to halfway between two steps: one value in a thousand or fewer.
typedef struct {
    ck_broadcast shape;
    const int8_t *a, *b;
    int8_t *output;  ///< may be a
    int32_t a_zero_point, b_zero_point;
    float a_multiplier, b_multiplier;  ///< a's scale / the output's, b's scale / the output's
    ck_output_range range;
    size_t part, part_count;
} ck_add_i8;

/// Product: out = requantise((a - a_zero_point) * (b - b_zero_point), multiplier).
typedef struct {
    ck_broadcast shape;
    const int8_t *a, *b;
    int8_t *output;  ///< may be a
    int32_t a_zero_point, b_zero_point;
    float multiplier;  ///< a's scale * b's scale / the output's
    ck_output_range range;
    size_t part, part_count;
} ck_mul_i8;

/// A line per channel of an image in blocks: out = round((in - zero point) * multiplier[c] + offset[c]), product and
/// sum each rounded to float32. A batch normalisation that stands by itself, with the ReLU after it in the range.
typedef struct {
    size_t channels, pixels;
    const int8_t *input;
    int8_t *output;      ///< may be the input
    const void *packed;  ///< ck_affine_pack(), aligned to 16
    size_t part, part_count;
} ck_affine_i8;

/// Bytes of packed lines, for every variant.
size_t ck_affine_packed_bytes(size_t channels);
/// Packs finite multipliers and offsets [channels]: multiplier = input scale * factor / output scale, offset = what the
/// line adds / output scale.
void ck_affine_pack(size_t channels, int32_t input_zero_point, const float *multipliers, const float *offsets,
                    const ck_output_range *range, void *packed);

/// out = table[in + 128]: any function of one value, another scale among them.
typedef struct {
    size_t count;
    const int8_t *input;
    int8_t *output;       ///< may be the input
    const int8_t *table;  ///< [256]
    size_t part, part_count;
} ck_lookup_i8;

/// Fills a table with requantise(in - input_zero_point, multiplier): another scale, zero point or range.
void ck_requantise_table(int32_t input_zero_point, float multiplier, const ck_output_range *range, int8_t *table);

/// Softmax of each row: out = round(e[largest - in] / sum / scale) + zero point, e = `exponentials`. The sum is taken
/// in float64, from the row's first value to its last, and rounded to float32, as is each quotient.
typedef struct {
    size_t rows, columns;
    const int8_t *input;  ///< row-major
    int8_t *output;
    const float *exponentials;  ///< [256]: exp(-k * input scale)
    float scale;                ///< of the output
    ck_output_range range;
    size_t part, part_count;
} ck_softmax_i8;

/// Where the largest value of each line stands, row-major: out[o, i] = the l for which in[o, l, i] is largest, of equal
/// ones the first or, with `last`, the last.
typedef struct {
    size_t outer, length, inner;
    const int8_t *input;
    int64_t *output;
    int32_t last;
    size_t part, part_count;
} ck_argmax_i8;

#ifdef __cplusplus
}
#endif
#endif
