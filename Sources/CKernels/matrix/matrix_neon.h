// What the matrix variants for ARM share: the way from int32 sums to bytes.
//
// The steps are requantise.h's function though the clamp comes last. There: clamp(x, low, high) of the product x, low
// and high whole numbers, then rounding to even, then adding the zero point. Rounding is monotonic and leaves whole
// numbers alone, so it may come before the clamp: clamp(round(x), low, high) + zero point. Adding the zero point
// commutes with the clamp: clamp(round(x) + zero point, minimum, maximum). Saturating on the way - FCVTNS to int32,
// SQXTN to int16, SQADD, SQXTN to int8 - changes only values that lie, and stay, beyond -256...255 or at the end beyond
// int8, which the clamp brings to the same end of the range. Multipliers are finite, so no product is not-a-number.

#ifndef OUTPOST_MATRIX_NEON_H
#define OUTPOST_MATRIX_NEON_H

#include <arm_neon.h>

#include "matrix_i8.h"

#define CK_INLINE static inline __attribute__((always_inline))

typedef struct {
    int16x8_t zero_point;
    int8x16_t minimum, maximum;
} ck_matrix_ends;

CK_INLINE ck_matrix_ends ck_matrix_ends_of(const ck_output_range *range) {
    ck_matrix_ends ends;
    ends.zero_point = vdupq_n_s16((int16_t)range->zero_point);
    ends.minimum = vdupq_n_s8((int8_t)range->minimum);
    ends.maximum = vdupq_n_s8((int8_t)range->maximum);
    return ends;
}

/// Eight sums, scaled and rounded, with the zero point.
CK_INLINE int16x8_t ck_matrix_scale(int32x4_t low, int32x4_t high, float32x4_t low_factor, float32x4_t high_factor,
                                  ck_matrix_ends ends) {
    const int32x4_t first = vcvtnq_s32_f32(vmulq_f32(vcvtq_f32_s32(low), low_factor));
    const int32x4_t second = vcvtnq_s32_f32(vmulq_f32(vcvtq_f32_s32(high), high_factor));
    return vqaddq_s16(vqmovn_high_s32(vqmovn_s32(first), second), ends.zero_point);
}

/// Sixteen such values as bytes.
CK_INLINE int8x16_t ck_matrix_saturate(int16x8_t low, int16x8_t high) {
    return vqmovn_high_s16(vqmovn_s16(low), high);
}

/// Whether bytes have yet to be brought into the range: often it is all of int8.
CK_INLINE int ck_matrix_clamps(const ck_output_range *range) { return range->minimum > -128 || range->maximum < 127; }

CK_INLINE int8x8_t ck_matrix_clamp(int8x8_t bytes, ck_matrix_ends ends) {
    return vmin_s8(vmax_s8(bytes, vget_low_s8(ends.minimum)), vget_low_s8(ends.maximum));
}

/// The pixels of a tile that has just been stored, an even number.
CK_INLINE void ck_matrix_clamp_tile(int8_t *output, int pixels, ck_matrix_ends ends) {
    for (int pixel = 0; pixel < pixels; pixel += 2, output += 16)
        vst1q_s8(output, vminq_s8(vmaxq_s8(vld1q_s8(output), ends.minimum), ends.maximum));
}

#endif
