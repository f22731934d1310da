// ARMv8.6 SMMLA: two pixels times two columns, 8 deep, in one instruction: a vector of input holds two pixels' depth
// block, a vector of weights two columns'. Weights of a depth block lie as [column][depth]. Any weight is exact.

#if defined(__aarch64__)
#include "../target.h"
#include "matrix_neon.h"

#define TARGET CK_TARGET_I8MM
#define INLINE TARGET CK_INLINE

enum { WIDE = 12, MIDDLE = 8, NARROW = 4 };

static size_t place(size_t depth_blocks, size_t depth, size_t column) {
    (void)depth_blocks;
    return depth / CK_MATRIX_DEPTH * CK_MATRIX_BLOCK_BYTES + column * CK_MATRIX_DEPTH + depth % CK_MATRIX_DEPTH;
}

/// Of two pixels and two columns: pixel 0's, then pixel 1's.
typedef struct {
    int32x4_t columns[4];  ///< 0 and 1, 2 and 3, ...
} sums;

// The inner loop is in assembly for the reason given in matrix_i8__neondot.c. v24...v27 hold the weights of a depth
// block, v28...v31 its input of up to eight pixels.

/// Two pixels, in the register x; their sums are the operands a...d.
#define SMMLA_TWO(a, b, c, d, x)                        \
    "smmla %" #a ".4s, " #x ".16b, v24.16b\n\t"         \
    "smmla %" #b ".4s, " #x ".16b, v25.16b\n\t"         \
    "smmla %" #c ".4s, " #x ".16b, v26.16b\n\t"         \
    "smmla %" #d ".4s, " #x ".16b, v27.16b\n\t"

#define SMMLA_FOUR(x, y) SMMLA_TWO(0, 1, 2, 3, x) SMMLA_TWO(4, 5, 6, 7, y)

#define SUMS_OF_FOUR(s)                                                                                        \
    "+w"((s)[0].columns[0]), "+w"((s)[0].columns[1]), "+w"((s)[0].columns[2]), "+w"((s)[0].columns[3]),         \
        "+w"((s)[1].columns[0]), "+w"((s)[1].columns[1]), "+w"((s)[1].columns[2]), "+w"((s)[1].columns[3])

/// One depth block of all pixels; the last input address steps on by `last_step` bytes.
INLINE void add_block(sums *s, int pixels, const int8_t **input, size_t last_step, const int8_t **weights) {
    register int8x16_t w0 __asm__("v24"), w1 __asm__("v25"), w2 __asm__("v26"), w3 __asm__("v27");
    __asm__ volatile("ld1 {v24.16b - v27.16b}, [%4], #64"
                     : "=w"(w0), "=w"(w1), "=w"(w2), "=w"(w3), "+r"(*weights) : : "memory");
    if (pixels >= MIDDLE) {
        register int8x16_t x2 __asm__("v30"), x3 __asm__("v31");
        const size_t step = pixels > MIDDLE ? (size_t)MIDDLE * CK_MATRIX_DEPTH : last_step;
        __asm__ volatile("ld1 {v28.16b - v31.16b}, [%8], %11\n\t" SMMLA_FOUR(v28, v29)
                         : SUMS_OF_FOUR(s), "+r"(*input), "=w"(x2), "=w"(x3)
                         : "r"(step), "w"(w0), "w"(w1), "w"(w2), "w"(w3) : "v28", "v29", "memory");
        __asm__(SMMLA_FOUR(v30, v31) : SUMS_OF_FOUR(s + 2) : "w"(w0), "w"(w1), "w"(w2), "w"(w3), "w"(x2), "w"(x3));
        s += MIDDLE / 2;
    }
    if (pixels != MIDDLE)
        __asm__ volatile("ld1 {v28.16b, v29.16b}, [%8], %9\n\t" SMMLA_FOUR(v28, v29)
                         : SUMS_OF_FOUR(s), "+r"(*input)
                         : "r"(last_step), "w"(w0), "w"(w1), "w"(w2), "w"(w3) : "v28", "v29", "memory");
}

/// Each half of a vector of columns 0...3 twice: for columns 0 and 1 of two pixels, and for 2 and 3.
INLINE void spread(const void *values, int32x4_t *pairs) {
    const int64_t *from = values;
    for (int pair = 0; pair < 4; pair++) pairs[pair] = vreinterpretq_s32_s64(vld1q_dup_s64(from + pair));
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
    // Pairs of columns alternate between the pixels until this brings each pixel's together.
    static const uint8_t by_pixel[16] = {0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15};
    const uint8x16_t order = vld1q_u8(by_pixel);
    const ck_matrix_ends ends = ck_matrix_ends_of(&a->range, rounding);
    const int clamps = ck_matrix_clamps(&a->range);
    const size_t stride = a->block_stride, depth_blocks = a->depth_blocks, tile_stride = a->tile_stride;
    const size_t last_step = stride - (pixels == WIDE ? (size_t)MIDDLE * CK_MATRIX_DEPTH : 0);
    const int8_t *const all_weights = a->weights;
    int32x4_t bias[4], factor_bits[4];
    spread(a->bias, bias), spread(a->multipliers, factor_bits);
    const int8_t *tile = a->input;
    const uint32_t *const run_offsets = a->run_offsets;
    const size_t run_count = a->run_count;
    int8_t *output = a->output;
    for (size_t tiles = a->tile_count; tiles != 0; tiles--, tile += tile_stride) {
        sums s[WIDE / 2];
#pragma GCC unroll 6
        for (int pair = 0; pair < pixels / 2; pair++)
            // One load for two, where the compiler would load once and move each.
            __asm__ volatile("ldp %q0, %q1, [%4]\n\tldp %q2, %q3, [%4, #32]"
                             : "=&w"(s[pair].columns[0]), "=&w"(s[pair].columns[1]), "=&w"(s[pair].columns[2]),
                               "=&w"(s[pair].columns[3]) : "r"(bias) : "memory");
        const int8_t *weights = all_weights;
        if (run_count < 2)
            add_run(s, pixels, tile, last_step, depth_blocks, &weights);
        else
            for (size_t run = 0; run < run_count; run++)
                add_run(s, pixels, tile + run_offsets[run], last_step, depth_blocks, &weights);
        float32x4_t factor[4];
        for (int pair = 0; pair < 4; pair++) factor[pair] = vreinterpretq_f32_s32(factor_bits[pair]);
#pragma GCC unroll 6
        for (int pair = 0; pair < pixels / 2; pair++) {
            const int32x4_t *c = s[pair].columns;
            const int16x8_t low = ck_matrix_scale(c[0], c[1], factor[0], factor[1], ends);
            const int16x8_t high = ck_matrix_scale(c[2], c[3], factor[2], factor[3], ends);
            vst1q_s8(output + pair * 2 * CK_MATRIX_COLUMNS, vqtbl1q_s8(ck_matrix_saturate(low, high), order));
        }
        if (clamps) ck_matrix_clamp_tile(output, pixels, ends);
        output += pixels * CK_MATRIX_COLUMNS;
    }
}

CK_MATRIX_FORM(TARGET, wide, strip, WIDE)
CK_MATRIX_FORM(TARGET, middle, strip, MIDDLE)
CK_MATRIX_FORM(TARGET, narrow, strip, NARROW)

/// A vector has but one row: SDOT does as much with it as SMMLA, which would waste the other.
TARGET static void vector(const ck_matrix_vector *v) {
    const ck_matrix_ends ends = ck_matrix_ends_of(&v->range, CK_ROUND_ANY);
    const int8_t *weights = v->weights;
    for (size_t column = 0; column < v->column_blocks * CK_MATRIX_COLUMNS; column += CK_MATRIX_COLUMNS) {
        int32x4_t halves[4] = {vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0)};
        const int8_t *input = v->input;
#pragma GCC unroll 2
        for (size_t block = 0; block < v->depth_blocks; block++) {
            const int8x16_t x = vreinterpretq_s8_s64(vld1q_dup_s64((const int64_t *)input));
#pragma GCC unroll 4
            for (int pair = 0; pair < 4; pair++)
                halves[pair] = vdotq_s32(halves[pair], vld1q_s8(weights + 16 * pair), x);
            input += CK_MATRIX_DEPTH, weights += CK_MATRIX_BLOCK_BYTES;
        }
        const int32x4_t low = vaddq_s32(vpaddq_s32(halves[0], halves[1]), vld1q_s32(v->bias + column));
        const int32x4_t high = vaddq_s32(vpaddq_s32(halves[2], halves[3]), vld1q_s32(v->bias + column + 4));
        const float32x4_t low_factor = vld1q_f32(v->multipliers + column);
        const float32x4_t high_factor = vld1q_f32(v->multipliers + column + 4);
        const int16x8_t scaled = ck_matrix_scale(low, high, low_factor, high_factor, ends);
        vst1_s8(v->output + column, ck_matrix_clamp(vqmovn_s16(scaled), ends));
    }
}

const ck_matrix ck_matrix_i8__neoni8mm = {
    .place = place, .takes_runs = 1, .forms = {{WIDE, wide}, {MIDDLE, middle}, {NARROW, narrow}}, .vector = vector};
#endif
