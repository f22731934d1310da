// Rows of the input are interpolated along their columns once, in float32, and kept while the output needs them: two at
// a time. Each row of the output then lies between two of them.

#if defined(__aarch64__)
#include <stdint.h>

#include "../kernels.h"
#include "../requantise_neon.h"
#include "resize_linear_i8.h"

enum { BLOCK = CK_BLOCK_CHANNELS };

/// A row of the input along the output's columns.
typedef struct {
    float *values;
    const int8_t *source;  ///< the input's row, or NULL while the values are of none
} stretched;

static inline float32x4_t between(float32x4_t first, float32x4_t second, float32x4_t rest, float32x4_t weight) {
    return vaddq_f32(vmulq_f32(first, rest), vmulq_f32(second, weight));
}

static inline void pixel(const int8_t *first, const int8_t *second, float weight, int8x8_t zero_point, float *values) {
    const int16x8_t left = vsubl_s8(vld1_s8(first), zero_point), right = vsubl_s8(vld1_s8(second), zero_point);
    const float32x4_t rest = vdupq_n_f32(1 - weight), second_weight = vdupq_n_f32(weight);
    vst1q_f32(values, between(vcvtq_f32_s32(vmovl_s16(vget_low_s16(left))),
                              vcvtq_f32_s32(vmovl_s16(vget_low_s16(right))), rest, second_weight));
    vst1q_f32(values + 4,
              between(vcvtq_f32_s32(vmovl_high_s16(left)), vcvtq_f32_s32(vmovl_high_s16(right)), rest, second_weight));
}

static void stretch(const ck_resize_linear_i8 *a, const int8_t *source, stretched *row) {
    const int8x8_t zero_point = vdup_n_s8((int8_t)a->input_zero_point);
    for (size_t x = 0; x < a->output_columns; x++) {
        const ck_resize_source *column = &a->columns[x];
        pixel(source + column->first * (size_t)BLOCK, source + column->second * (size_t)BLOCK, column->weight,
              zero_point, row->values + x * BLOCK);
    }
    row->source = source;
}

/// The row of values of `source`, and one that may be overwritten: `kept` holds values still needed.
static const float *row_of(const ck_resize_linear_i8 *a, const int8_t *source, const int8_t *kept, stretched rows[2]) {
    for (size_t index = 0; index < 2; index++)
        if (rows[index].source == source) return rows[index].values;
    stretched *row = rows[0].source == kept && kept != NULL ? &rows[1] : &rows[0];
    stretch(a, source, row);
    return row->values;
}

static inline float32x4_t scaled(const float *first, const float *second, float weight, float multiplier) {
    const float32x4_t value =
        between(vld1q_f32(first), vld1q_f32(second), vdupq_n_f32(1 - weight), vdupq_n_f32(weight));
    return vmulq_f32(value, vdupq_n_f32(multiplier));
}

static void output_row(const ck_resize_linear_i8 *a, const float *first, const float *second, float weight,
                       int8_t *output) {
    const ck_neon_ends ends = ck_neon_ends_of(&a->range);
    const float m = a->multiplier;
    size_t value = 0;
    for (; value + 2 * BLOCK <= a->output_columns * BLOCK; value += 2 * BLOCK)
        vst1q_s8(output + value, ck_neon_round16(scaled(first + value, second + value, weight, m),
                                                 scaled(first + value + 4, second + value + 4, weight, m),
                                                 scaled(first + value + 8, second + value + 8, weight, m),
                                                 scaled(first + value + 12, second + value + 12, weight, m), ends));
    if (value == a->output_columns * BLOCK) return;
    const float32x4_t low = scaled(first + value, second + value, weight, m);
    const float32x4_t high = scaled(first + value + 4, second + value + 4, weight, m);
    vst1_s8(output + value, vget_low_s8(ck_neon_round16(low, high, low, high, ends)));
}

void ck_resize_linear_i8__neon(const ck_resize_linear_i8 *a) {
    const ck_span share = ck_share_of_rows(a->channels, a->output_rows, a->part, a->part_count);
    const size_t input_bytes = a->input_columns * BLOCK, output_bytes = a->output_columns * BLOCK;
    float *values = a->scratch;
    stretched rows[2] = {{values, NULL}, {values + output_bytes, NULL}};
    for (size_t row = share.first; row < share.end; row++) {
        const int8_t *plane = a->input + row / a->output_rows * a->input_rows * input_bytes;
        const ck_resize_source *source = &a->rows[row % a->output_rows];
        const int8_t *first = plane + source->first * input_bytes, *second = plane + source->second * input_bytes;
        const float *first_values = row_of(a, first, second, rows), *second_values = row_of(a, second, first, rows);
        output_row(a, first_values, second_values, source->weight, a->output + row * output_bytes);
    }
}
#endif
