// ARMv8.0: 16 products in SMULL + SMLAL2 + SADALP. Two products are added in int16 before they are widened, which is
// exact as long as no weight is -128: 2 * 127 * 128 = 32512.

#if defined(__aarch64__)
#include <string.h>

#include "tile_i8.h"

static inline int32x4_t accumulate(int32x4_t sum, int8x16_t a, int8x16_t b) {
    const int16x8_t products = vmlal_high_s8(vmull_s8(vget_low_s8(a), vget_low_s8(b)), a, b);
    return vpadalq_s16(sum, products);
}

/// The sums of four accumulators' lanes, in order.
static inline int32x4_t gather(int32x4_t s0, int32x4_t s1, int32x4_t s2, int32x4_t s3) {
    return vpaddq_s32(vpaddq_s32(s0, s1), vpaddq_s32(s2, s3));
}

static inline void store(int8_t *output, int32x4_t values, size_t count) {
    const int8x8_t bytes = ck_neon_narrow(values, values);
    int32_t word = vget_lane_s32(vreinterpret_s32_s8(bytes), 0);
    memcpy(output, &word, count);
}

void ck_tile_i8__neon(const ck_tile_rows *t) {
    const ck_neon_range range = ck_neon_range_of(t->range);
    const int8_t *weights = t->weights;
    for (size_t column = 0; column < t->column_count; column += CK_TILE_COLUMNS) {
        int32x4_t sums[CK_TILE_ROWS][CK_TILE_COLUMNS];
        for (int row = 0; row < CK_TILE_ROWS; row++)
            for (int lane = 0; lane < CK_TILE_COLUMNS; lane++) sums[row][lane] = vdupq_n_s32(0);
        const int8_t *r0 = t->rows[0], *r1 = t->rows[1], *r2 = t->rows[2], *r3 = t->rows[3];
        for (size_t d = t->depth_blocks; d != 0; d--) {
            const int8x16_t a0 = vld1q_s8(r0), a1 = vld1q_s8(r1), a2 = vld1q_s8(r2), a3 = vld1q_s8(r3);
            r0 += CK_TILE_DEPTH, r1 += CK_TILE_DEPTH, r2 += CK_TILE_DEPTH, r3 += CK_TILE_DEPTH;
            for (int lane = 0; lane < CK_TILE_COLUMNS; lane++) {
                const int8x16_t b = vld1q_s8(weights + lane * CK_TILE_DEPTH);
                sums[0][lane] = accumulate(sums[0][lane], a0, b);
                sums[1][lane] = accumulate(sums[1][lane], a1, b);
                sums[2][lane] = accumulate(sums[2][lane], a2, b);
                sums[3][lane] = accumulate(sums[3][lane], a3, b);
            }
            weights += CK_TILE_COLUMNS * CK_TILE_DEPTH;
        }
        const int32x4_t bias = vld1q_s32(t->bias + column);
        const float32x4_t multiplier = vld1q_f32(t->multipliers + column);
        const size_t left = t->column_count - column;
        const size_t stored = left < CK_TILE_COLUMNS ? left : CK_TILE_COLUMNS;
        for (size_t row = 0; row < t->row_count; row++) {
            const int32x4_t sum = vaddq_s32(bias, gather(sums[row][0], sums[row][1], sums[row][2], sums[row][3]));
            store(t->outputs[row] + column, ck_neon_requantise(sum, multiplier, range), stored);
        }
    }
}
#endif
