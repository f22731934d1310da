// The three transforms of winograd.h and the products between them, on vectors of eight channels.

#ifndef OUTPOST_WINOGRAD_NEON_H
#define OUTPOST_WINOGRAD_NEON_H

#include "../matrix/matrix_neon.h"
#include "winograd.h"

/// B' d of six values.
CK_INLINE void ck_winograd_input(const int16x8_t *d, int16x8_t *v) {
    const int16x8_t even = vmlsq_n_s16(d[4], d[2], 4), odd = vmlsq_n_s16(d[3], d[1], 4);
    const int16x8_t near_even = vsubq_s16(d[4], d[2]), near_odd = vsubq_s16(d[3], d[1]);
    v[0] = vsubq_s16(vmlaq_n_s16(even, d[0], 4), d[2]);
    v[1] = vaddq_s16(even, odd);
    v[2] = vsubq_s16(even, odd);
    v[3] = vmlaq_n_s16(near_even, near_odd, 2);
    v[4] = vmlsq_n_s16(near_even, near_odd, 2);
    v[5] = vmlsq_n_s16(vsubq_s16(d[5], d[3]), near_odd, 4);
}

/// G g of three values.
CK_INLINE void ck_winograd_weights(const int16x8_t *g, int16x8_t *u) {
    const int16x8_t ends = vaddq_s16(g[0], g[2]), far_ends = vmlaq_n_s16(g[0], g[2], 4);
    u[0] = vmulq_n_s16(g[0], 6);
    u[1] = vaddq_s16(ends, g[1]);
    u[2] = vsubq_s16(ends, g[1]);
    u[3] = vmlaq_n_s16(far_ends, g[1], 2);
    u[4] = vmlsq_n_s16(far_ends, g[1], 2);
    u[5] = vmulq_n_s16(g[2], 6);
}

/// A' m of six values, row a divided by 2^e[a].
CK_INLINE void ck_winograd_results(const int32x4_t *m, int32x4_t *y) {
    const int32x4_t sum1 = vaddq_s32(m[1], m[2]), difference1 = vsubq_s32(m[1], m[2]);
    const int32x4_t sum2 = vaddq_s32(m[3], m[4]), difference2 = vsubq_s32(m[3], m[4]);
    y[0] = vmlsq_n_s32(vaddq_s32(m[0], sum2), sum1, 4);
    y[1] = vmlsq_n_s32(difference2, difference1, 2);
    y[2] = vsubq_s32(sum2, sum1);
    y[3] = vmlaq_n_s32(vsubq_s32(m[5], difference1), difference2, 2);
}

/// sum + (value >> shift); the shift is known once loops are unrolled.
CK_INLINE int32x4_t ck_winograd_shift_add(int32x4_t sum, int32x4_t value, int shift) {
    switch (shift) {
    case 6: return vsraq_n_s32(sum, value, 6);
    case 5: return vsraq_n_s32(sum, value, 5);
    case 4: return vsraq_n_s32(sum, value, 4);
    case 3: return vsraq_n_s32(sum, value, 3);
    default: return vsraq_n_s32(sum, value, 2);
    }
}

// The products of four tiles with eight columns. In assembly for the reason given in matrix_i8__neondot.c: v0...v3 hold
// the tiles' channels, one block, and v4...v11 each channel's weights.

#define CK_SMLAL_TILE(low, high, w, x, lane)                                          \
    "smlal %" #low ".4s, v" #w ".4h, v" #x ".h[" #lane "]\n\t"                        \
    "smlal2 %" #high ".4s, v" #w ".8h, v" #x ".h[" #lane "]\n\t"
#define CK_SMLAL_CHANNEL(w, lane)                                                     \
    CK_SMLAL_TILE(0, 1, w, 0, lane) CK_SMLAL_TILE(2, 3, w, 1, lane)                   \
    CK_SMLAL_TILE(4, 5, w, 2, lane) CK_SMLAL_TILE(6, 7, w, 3, lane)
#define CK_SMLAL_BLOCK                                                                \
    CK_SMLAL_CHANNEL(4, 0) CK_SMLAL_CHANNEL(5, 1) CK_SMLAL_CHANNEL(6, 2) CK_SMLAL_CHANNEL(7, 3) \
    CK_SMLAL_CHANNEL(8, 4) CK_SMLAL_CHANNEL(9, 5) CK_SMLAL_CHANNEL(10, 6) CK_SMLAL_CHANNEL(11, 7)

typedef struct {
    int32x4_t low, high;  ///< columns 0...3 and 4...7
} ck_winograd_sums;

/// Adds the products of one block of channels of four or eight tiles; the addresses step on.
CK_INLINE void ck_winograd_multiply(ck_winograd_sums *s, int tiles, const int16_t **input, const int16_t **weights) {
    register int16x8_t w0 __asm__("v4"), w1 __asm__("v5"), w2 __asm__("v6"), w3 __asm__("v7");
    register int16x8_t w4 __asm__("v8"), w5 __asm__("v9"), w6 __asm__("v10"), w7 __asm__("v11");
    __asm__ volatile("ld1 {v4.8h - v7.8h}, [%8], #64\n\tld1 {v8.8h - v11.8h}, [%8], #64"
                     : "=w"(w0), "=w"(w1), "=w"(w2), "=w"(w3), "=w"(w4), "=w"(w5), "=w"(w6), "=w"(w7), "+r"(*weights)
                     : : "memory");
#pragma GCC unroll 2
    for (int tile = 0; tile < tiles; tile += 4)
        __asm__ volatile("ld1 {v0.8h - v3.8h}, [%8], #64\n\t" CK_SMLAL_BLOCK
                         : "+w"(s[tile].low), "+w"(s[tile].high), "+w"(s[tile + 1].low), "+w"(s[tile + 1].high),
                           "+w"(s[tile + 2].low), "+w"(s[tile + 2].high), "+w"(s[tile + 3].low),
                           "+w"(s[tile + 3].high), "+r"(*input)
                         : "w"(w0), "w"(w1), "w"(w2), "w"(w3), "w"(w4), "w"(w5), "w"(w6), "w"(w7)
                         : "v0", "v1", "v2", "v3", "memory");
}

#endif
