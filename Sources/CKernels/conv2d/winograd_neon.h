// The three transforms of winograd.h, on vectors of eight channels.

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

#endif
