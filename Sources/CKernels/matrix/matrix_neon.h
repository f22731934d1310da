// What the matrix variants for ARM share: the way from int32 sums to bytes.
//
// The steps are requantise.h's function though the clamp comes last. There: clamp(x, low, high) of the product x, low
// and high whole numbers, then rounding to even, then adding the zero point. Rounding is monotonic and leaves whole
// numbers alone, so it may come before the clamp: clamp(round(x), low, high) + zero point. Adding the zero point
// commutes with the clamp: clamp(round(x) + zero point, minimum, maximum). Saturating on the way - FCVTNS to int32,
// SQXTN to int16, SQADD, SQXTN to int8 - changes only values that lie, and stay, beyond -256...255 or at the end beyond
// int8, which the clamp brings to the same end of the range. Multipliers are finite, so no product is not-a-number.
//
// A product within +-32000 is rounded by adding 1.5 * 2^23, which leaves the whole number, rounded to even, in the low
// half of each lane. An even zero point may be part of what is added: it changes neither what is half nor what is even.

#ifndef OUTPOST_MATRIX_NEON_H
#define OUTPOST_MATRIX_NEON_H

#include <arm_neon.h>

#include "../requantise.h"
#include "matrix_i8.h"

#define CK_INLINE static inline __attribute__((always_inline))

typedef struct {
    int16x8_t zero_point;
    int8x16_t minimum, maximum;
    ck_matrix_rounding rounding;
    float32x4_t magic;  ///< of the bounded forms
} ck_matrix_ends;

/// The rounding must be known to the compiler.
CK_INLINE ck_matrix_ends ck_matrix_ends_of(const ck_output_range *range, ck_matrix_rounding rounding) {
    ck_matrix_ends ends;
    ends.rounding = rounding;
    ends.magic = vdupq_n_f32(CK_ROUNDING_MAGIC);
    if (rounding == CK_ROUND_BOUNDED_EVEN) ends.magic = vaddq_f32(ends.magic, vdupq_n_f32((float)range->zero_point));
    ends.zero_point = vdupq_n_s16((int16_t)range->zero_point);
    ends.minimum = vdupq_n_s8((int8_t)range->minimum);
    ends.maximum = vdupq_n_s8((int8_t)range->maximum);
    return ends;
}

/// Eight sums, scaled and rounded, with the zero point.
CK_INLINE int16x8_t ck_matrix_scale(int32x4_t low, int32x4_t high, float32x4_t low_factor, float32x4_t high_factor,
                                  ck_matrix_ends ends) {
    const float32x4_t first = vmulq_f32(vcvtq_f32_s32(low), low_factor);
    const float32x4_t second = vmulq_f32(vcvtq_f32_s32(high), high_factor);
    if (ends.rounding == CK_ROUND_ANY) {
        const int16x8_t rounded = vqmovn_high_s32(vqmovn_s32(vcvtnq_s32_f32(first)), vcvtnq_s32_f32(second));
        return vqaddq_s16(rounded, ends.zero_point);
    }
    const int16x8_t rounded = vuzp1q_s16(vreinterpretq_s16_f32(vaddq_f32(first, ends.magic)),
                                         vreinterpretq_s16_f32(vaddq_f32(second, ends.magic)));
    return ends.rounding == CK_ROUND_BOUNDED_EVEN ? rounded : vaddq_s16(rounded, ends.zero_point);
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

/// A function for strips in each of its forms, from one with the pixels and the rounding as constants.
#define CK_MATRIX_FORM(target, name, function, pixels)                                                       \
    target static void name##_any(const ck_matrix_strip *a) { function(a, pixels, CK_ROUND_ANY); }           \
    target static void name##_bounded(const ck_matrix_strip *a) { function(a, pixels, CK_ROUND_BOUNDED); }   \
    target static void name##_even(const ck_matrix_strip *a) { function(a, pixels, CK_ROUND_BOUNDED_EVEN); } \
    static void name(const ck_matrix_strip *a) {                                                             \
        switch (a->rounding) {                                                                               \
        case CK_ROUND_ANY: name##_any(a); break;                                                             \
        case CK_ROUND_BOUNDED: name##_bounded(a); break;                                                     \
        case CK_ROUND_BOUNDED_EVEN: name##_even(a); break;                                                   \
        }                                                                                                    \
    }

#endif
