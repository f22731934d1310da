// ARMv8.2 SDOT: four products of one pixel are added to each of four columns' sums, the pixel's depth taken by lane.
// Weights of a depth block lie as [half of the depth][column][4]. Any weight is exact.

#if defined(__aarch64__)
#include "matrix_neon.h"

#if defined(__clang__)
#define TARGET __attribute__((target("dotprod")))
#else
#define TARGET __attribute__((target("+dotprod")))
#endif
#define INLINE TARGET CK_INLINE

enum { LANE_DEPTH = 4, WIDE = 12, MIDDLE = 8, NARROW = 4 };

static size_t place(size_t depth_blocks, size_t depth, size_t column) {
    (void)depth_blocks;
    return depth / LANE_DEPTH * CK_MATRIX_COLUMNS * LANE_DEPTH + column * LANE_DEPTH + depth % LANE_DEPTH;
}

typedef struct {
    int32x4_t low, high;  ///< columns 0...3 and 4...7
} sums;

/// One depth block of `pixels` pixels: weights of either half of the depth, an input vector holds two pixels.
INLINE void add_block(sums *s, int pixels, const int8_t *input, const int8_t *weights) {
    const int8x16_t w0 = vld1q_s8(weights), w1 = vld1q_s8(weights + 16);
    const int8x16_t w2 = vld1q_s8(weights + 32), w3 = vld1q_s8(weights + 48);
#pragma GCC unroll 6
    for (int pixel = 0; pixel < pixels; pixel += 2) {
        const int8x16_t x = vld1q_s8(input + pixel * CK_MATRIX_DEPTH);
        sums *first = &s[pixel], *second = &s[pixel + 1];
        first->low = vdotq_laneq_s32(first->low, w0, x, 0);
        first->high = vdotq_laneq_s32(first->high, w1, x, 0);
        second->low = vdotq_laneq_s32(second->low, w0, x, 2);
        second->high = vdotq_laneq_s32(second->high, w1, x, 2);
        first->low = vdotq_laneq_s32(first->low, w2, x, 1);
        first->high = vdotq_laneq_s32(first->high, w3, x, 1);
        second->low = vdotq_laneq_s32(second->low, w2, x, 3);
        second->high = vdotq_laneq_s32(second->high, w3, x, 3);
    }
}

INLINE void strip(const ck_matrix_strip *a, int pixels) {
    const ck_neon_ends ends = ck_neon_ends_of(&a->range);
    const int8_t *tile = a->input;
    int8_t *output = a->output;
    for (size_t left = a->tile_count; left != 0; left--, tile += a->tile_stride) {
        sums s[WIDE];
        const int32x4_t low_bias = vld1q_s32(a->bias), high_bias = vld1q_s32(a->bias + 4);
#pragma GCC unroll 12
        for (int pixel = 0; pixel < pixels; pixel++) s[pixel] = (sums){low_bias, high_bias};
        const int8_t *input = tile, *weights = a->weights;
        const size_t stride = a->block_stride;
        size_t blocks = a->depth_blocks;
        for (; blocks >= 2; blocks -= 2) {
            add_block(s, pixels, input, weights);
            input += stride;
            add_block(s, pixels, input, weights + CK_MATRIX_BLOCK_BYTES);
            input += stride;
            weights += 2 * CK_MATRIX_BLOCK_BYTES;
        }
        if (blocks) add_block(s, pixels, input, weights);
        const float32x4_t low_factor = vld1q_f32(a->multipliers), high_factor = vld1q_f32(a->multipliers + 4);
#pragma GCC unroll 6
        for (int pixel = 0; pixel < pixels; pixel += 2) {
            const int16x8_t first = ck_neon_scale(s[pixel].low, s[pixel].high, low_factor, high_factor, ends);
            const int16x8_t second = ck_neon_scale(s[pixel + 1].low, s[pixel + 1].high, low_factor, high_factor, ends);
            vst1q_s8(output + pixel * CK_MATRIX_COLUMNS, ck_neon_clamp(first, second, ends));
        }
        output += pixels * CK_MATRIX_COLUMNS;
    }
}

TARGET static void wide(const ck_matrix_strip *a) { strip(a, WIDE); }
TARGET static void middle(const ck_matrix_strip *a) { strip(a, MIDDLE); }
TARGET static void narrow(const ck_matrix_strip *a) { strip(a, NARROW); }

/// Two blocks of columns share each vector of input, 16 deep; two sums of each column keep the multipliers busy.
TARGET static void vector(const ck_matrix_vector *v) {
    const ck_neon_ends ends = ck_neon_ends_of(&v->range);
    const int8_t *weights = v->weights;
    for (size_t column = 0; column < v->column_blocks * CK_MATRIX_COLUMNS; column += CK_MATRIX_COLUMNS) {
        int32x4_t low = vld1q_s32(v->bias + column), high = vld1q_s32(v->bias + column + 4);
        int32x4_t more_low = vdupq_n_s32(0), more_high = vdupq_n_s32(0);
        const int8_t *input = v->input;
        size_t blocks = v->depth_blocks;
        for (; blocks >= 2; blocks -= 2) {
            const int8x16_t x = vld1q_s8(input);
            low = vdotq_laneq_s32(low, vld1q_s8(weights), x, 0);
            high = vdotq_laneq_s32(high, vld1q_s8(weights + 16), x, 0);
            more_low = vdotq_laneq_s32(more_low, vld1q_s8(weights + 32), x, 1);
            more_high = vdotq_laneq_s32(more_high, vld1q_s8(weights + 48), x, 1);
            low = vdotq_laneq_s32(low, vld1q_s8(weights + 64), x, 2);
            high = vdotq_laneq_s32(high, vld1q_s8(weights + 80), x, 2);
            more_low = vdotq_laneq_s32(more_low, vld1q_s8(weights + 96), x, 3);
            more_high = vdotq_laneq_s32(more_high, vld1q_s8(weights + 112), x, 3);
            input += 16, weights += 2 * CK_MATRIX_BLOCK_BYTES;
        }
        if (blocks) {
            const int8x8_t x = vld1_s8(input);
            low = vdotq_lane_s32(low, vld1q_s8(weights), x, 0);
            high = vdotq_lane_s32(high, vld1q_s8(weights + 16), x, 0);
            more_low = vdotq_lane_s32(more_low, vld1q_s8(weights + 32), x, 1);
            more_high = vdotq_lane_s32(more_high, vld1q_s8(weights + 48), x, 1);
            weights += CK_MATRIX_BLOCK_BYTES;
        }
        const float32x4_t low_factor = vld1q_f32(v->multipliers + column);
        const float32x4_t high_factor = vld1q_f32(v->multipliers + column + 4);
        const int16x8_t scaled =
            ck_neon_scale(vaddq_s32(low, more_low), vaddq_s32(high, more_high), low_factor, high_factor, ends);
        vst1_s8(v->output + column, vget_low_s8(ck_neon_clamp(scaled, scaled, ends)));
    }
}

const ck_matrix ck_matrix_i8__neondot = {
    .place = place, .forms = {{WIDE, wide}, {MIDDLE, middle}, {NARROW, narrow}}, .vector = vector};
#endif
