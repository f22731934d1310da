// ARMv8.2 SDOT: four products of one pixel are added to each of four columns' sums, the pixel's depth taken by lane.
// Weights of a depth block lie as [half of the depth][column][4]. Any weight is exact.

#if defined(__aarch64__)
#include "../target.h"
#include "matrix_neon.h"

#define TARGET CK_TARGET_DOTPROD
#define INLINE TARGET CK_INLINE

enum { LANE_DEPTH = 4, WIDE = 12, MIDDLE = 8, NARROW = 4 };

static size_t place(size_t depth_blocks, size_t depth, size_t column) {
    (void)depth_blocks;
    return depth / LANE_DEPTH * CK_MATRIX_COLUMNS * LANE_DEPTH + column * LANE_DEPTH + depth % LANE_DEPTH;
}

typedef struct {
    int32x4_t low, high;  ///< columns 0...3 and 4...7
} sums;

// The inner loop is in assembly, because compilers do not keep the runs of adjacent registers that LD1 fills apart from
// the sums; loaded two by two, as they do it, a tile costs 6 % more instructions. v24...v27 hold the weights of a depth
// block, v28...v31 its input of up to eight pixels.

/// One half of the depth of the pixel whose low and high sums are the operands l and h.
#define SDOT(l, h, low_weights, high_weights, lane)                \
    "sdot %" #l ".4s, " #low_weights ".16b, " #lane "\n\t"         \
    "sdot %" #h ".4s, " #high_weights ".16b, " #lane "\n\t"

/// Four pixels, in the registers x and y.
#define SDOT_FOUR(x, y)                                                        \
    SDOT(0, 1, v24, v25, x.4b[0]) SDOT(2, 3, v24, v25, x.4b[2])                \
    SDOT(4, 5, v24, v25, y.4b[0]) SDOT(6, 7, v24, v25, y.4b[2])                \
    SDOT(0, 1, v26, v27, x.4b[1]) SDOT(2, 3, v26, v27, x.4b[3])                \
    SDOT(4, 5, v26, v27, y.4b[1]) SDOT(6, 7, v26, v27, y.4b[3])

#define SUMS_OF_FOUR(s)                                                                                            \
    "+w"((s)[0].low), "+w"((s)[0].high), "+w"((s)[1].low), "+w"((s)[1].high), "+w"((s)[2].low), "+w"((s)[2].high), \
        "+w"((s)[3].low), "+w"((s)[3].high)

/// One depth block of all pixels; the last input address steps on by `last_step` bytes.
INLINE void add_block(sums *s, int pixels, const int8_t **input, size_t last_step, const int8_t **weights) {
    register int8x16_t w0 __asm__("v24"), w1 __asm__("v25"), w2 __asm__("v26"), w3 __asm__("v27");
    __asm__ volatile("ld1 {v24.16b - v27.16b}, [%4], #64"
                     : "=w"(w0), "=w"(w1), "=w"(w2), "=w"(w3), "+r"(*weights) : : "memory");
    if (pixels >= MIDDLE) {
        register int8x16_t x2 __asm__("v30"), x3 __asm__("v31");
        const size_t step = pixels > MIDDLE ? (size_t)MIDDLE * CK_MATRIX_DEPTH : last_step;
        __asm__ volatile("ld1 {v28.16b - v31.16b}, [%8], %11\n\t" SDOT_FOUR(v28, v29)
                         : SUMS_OF_FOUR(s), "+r"(*input), "=w"(x2), "=w"(x3)
                         : "r"(step), "w"(w0), "w"(w1), "w"(w2), "w"(w3) : "v28", "v29", "memory");
        __asm__(SDOT_FOUR(v30, v31) : SUMS_OF_FOUR(s + 4) : "w"(w0), "w"(w1), "w"(w2), "w"(w3), "w"(x2), "w"(x3));
        s += MIDDLE;
    }
    if (pixels != MIDDLE)
        __asm__ volatile("ld1 {v28.16b, v29.16b}, [%8], %9\n\t" SDOT_FOUR(v28, v29)
                         : SUMS_OF_FOUR(s), "+r"(*input)
                         : "r"(last_step), "w"(w0), "w"(w1), "w"(w2), "w"(w3) : "v28", "v29", "memory");
}

/// All depth blocks of a run.
INLINE void add_run(sums *s, int pixels, const int8_t *input, size_t last_step, size_t depth_blocks,
                    const int8_t **weights) {
    for (size_t fours = depth_blocks / 4; fours != 0; fours--) {
        add_block(s, pixels, &input, last_step, weights);
        add_block(s, pixels, &input, last_step, weights);
        add_block(s, pixels, &input, last_step, weights);
        add_block(s, pixels, &input, last_step, weights);
    }
    for (size_t rest = depth_blocks % 4; rest != 0; rest--) add_block(s, pixels, &input, last_step, weights);
}

INLINE void strip(const ck_matrix_strip *a, int pixels, ck_matrix_rounding rounding) {
    const ck_matrix_ends ends = ck_matrix_ends_of(&a->range, rounding);
    const int clamps = ck_matrix_clamps(&a->range);
    const size_t stride = a->block_stride, depth_blocks = a->depth_blocks, tile_stride = a->tile_stride;
    const size_t last_step = stride - (pixels == WIDE ? (size_t)MIDDLE * CK_MATRIX_DEPTH : 0);
    const int32_t *const bias = a->bias;
    const float *const multipliers = a->multipliers;
    const int8_t *const all_weights = a->weights;
    const int8_t *tile = a->input;
    const uint32_t *const run_offsets = a->run_offsets;
    const size_t run_count = a->run_count;
    int8_t *output = a->output;
    for (size_t tiles = a->tile_count; tiles != 0; tiles--, tile += tile_stride) {
        sums s[WIDE];
#pragma GCC unroll 12
        for (int pixel = 0; pixel < pixels; pixel++) {
            // One load for both, where the compiler would load once and move each.
            __asm__ volatile("ldp %q0, %q1, [%2]" : "=w"(s[pixel].low), "=w"(s[pixel].high) : "r"(bias) : "memory");
        }
        const int8_t *weights = all_weights;
        if (run_count < 2)
            add_run(s, pixels, tile, last_step, depth_blocks, &weights);
        else
            for (size_t run = 0; run < run_count; run++)
                add_run(s, pixels, tile + run_offsets[run], last_step, depth_blocks, &weights);
        const float32x4_t low_factor = vld1q_f32(multipliers), high_factor = vld1q_f32(multipliers + 4);
#pragma GCC unroll 6
        for (int pixel = 0; pixel < pixels; pixel += 2) {
            const int16x8_t first = ck_matrix_scale(s[pixel].low, s[pixel].high, low_factor, high_factor, ends);
            const sums *next = &s[pixel + 1];
            const int16x8_t second = ck_matrix_scale(next->low, next->high, low_factor, high_factor, ends);
            vst1q_s8(output + pixel * CK_MATRIX_COLUMNS, ck_matrix_saturate(first, second));
        }
        if (clamps) ck_matrix_clamp_tile(output, pixels, ends);
        output += pixels * CK_MATRIX_COLUMNS;
    }
}

CK_MATRIX_FORM(TARGET, wide, strip, WIDE)
CK_MATRIX_FORM(TARGET, middle, strip, MIDDLE)
CK_MATRIX_FORM(TARGET, narrow, strip, NARROW)

/// Two blocks of columns share each vector of input, 16 deep; two sums of each column keep the multipliers busy.
TARGET static void vector(const ck_matrix_vector *v) {
    const ck_matrix_ends ends = ck_matrix_ends_of(&v->range, CK_ROUND_ANY);
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
            ck_matrix_scale(vaddq_s32(low, more_low), vaddq_s32(high, more_high), low_factor, high_factor, ends);
        vst1_s8(v->output + column, ck_matrix_clamp(vqmovn_s16(scaled), ends));
    }
}

const ck_matrix ck_matrix_i8__neondot = {
    .place = place, .takes_runs = 1, .forms = {{WIDE, wide}, {MIDDLE, middle}, {NARROW, narrow}}, .vector = vector};
#endif
