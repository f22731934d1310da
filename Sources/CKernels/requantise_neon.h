// Requantisation of sixteen values at once: the function of requantise.h in cheaper forms.
//
// Clamping after rounding and narrowing gives what clamping before gives, because rounding and saturation are monotonic
// and the ends are integers of the narrow type. FCVTNS rounds half to even, as the magic number does. What is scaled
// must be a number: FCVTNS makes 0 of what is not.
//
// The bounded forms are for values whose magnitude is proved to be at most CK_NEON_BOUND. Adding the magic number then
// leaves the rounded integer in the low half of each lane, from where one instruction for eight lanes takes it. An even
// zero point may be part of the magic number: it changes neither what is half nor what is even.

#ifndef OUTPOST_REQUANTISE_NEON_H
#define OUTPOST_REQUANTISE_NEON_H

#if defined(__aarch64__)
#include <arm_neon.h>
#include <stdbool.h>

#include "requantise.h"

/// The same vector, of which the compiler does not know that both halves are equal: where it does, it moves the other
/// operand's upper half down, at the price of an instruction, rather than use the instructions on upper halves.
static inline int8x16_t ck_neon_opaque(int8x16_t vector) {
    __asm__("" : "+w"(vector));
    return vector;
}

/// Leaves room for the zero point within 16 bits.
#define CK_NEON_BOUND 32000.0f

typedef struct {
    float32x4_t magic, magic_and_zero_point;
    int16x8_t zero_point;
    int8x16_t minimum, maximum;
    /// The zero point is even and the range that of the type: the short form will do.
    bool is_plain;
} ck_neon_ends;

static inline ck_neon_ends ck_neon_ends_of(const ck_output_range *range) {
    ck_neon_ends ends;
    ends.magic = vdupq_n_f32(CK_ROUNDING_MAGIC);
    ends.magic_and_zero_point = vdupq_n_f32(CK_ROUNDING_MAGIC + (float)range->zero_point);
    ends.zero_point = vdupq_n_s16((int16_t)range->zero_point);
    ends.minimum = vdupq_n_s8((int8_t)range->minimum);
    ends.maximum = vdupq_n_s8((int8_t)range->maximum);
    ends.is_plain = range->zero_point % 2 == 0 && range->minimum == INT8_MIN && range->maximum == INT8_MAX;
    return ends;
}

/// Eight rounded values and the zero point, to int8.
static inline int8x16_t ck_neon_into_range(int16x8_t low, int16x8_t high, ck_neon_ends ends) {
    const int8x8_t first = vqmovn_s16(vqaddq_s16(low, ends.zero_point));
    const int8x16_t both = vqmovn_high_s16(first, vqaddq_s16(high, ends.zero_point));
    return vminq_s8(vmaxq_s8(both, ends.minimum), ends.maximum);
}

static inline int16x8_t ck_neon_round_pair(float32x4_t low, float32x4_t high) {
    return vqmovn_high_s32(vqmovn_s32(vcvtnq_s32_f32(low)), vcvtnq_s32_f32(high));
}

/// Any four quarters.
static inline int8x16_t ck_neon_round16(float32x4_t a, float32x4_t b, float32x4_t c, float32x4_t d, ck_neon_ends ends) {
    return ck_neon_into_range(ck_neon_round_pair(a, b), ck_neon_round_pair(c, d), ends);
}

static inline int16x8_t ck_neon_low_halves(float32x4_t low, float32x4_t high) {
    return vuzp1q_s16(vreinterpretq_s16_f32(low), vreinterpretq_s16_f32(high));
}

/// Four bounded quarters.
static inline int8x16_t ck_neon_round16_bounded(float32x4_t a, float32x4_t b, float32x4_t c, float32x4_t d,
                                                ck_neon_ends ends) {
    const int16x8_t low = ck_neon_low_halves(vaddq_f32(a, ends.magic), vaddq_f32(b, ends.magic));
    const int16x8_t high = ck_neon_low_halves(vaddq_f32(c, ends.magic), vaddq_f32(d, ends.magic));
    return ck_neon_into_range(low, high, ends);
}

/// Four bounded quarters where the ends are plain.
static inline int8x16_t ck_neon_round16_plain(float32x4_t a, float32x4_t b, float32x4_t c, float32x4_t d,
                                              ck_neon_ends ends) {
    const float32x4_t magic = ends.magic_and_zero_point;
    const int16x8_t low = ck_neon_low_halves(vaddq_f32(a, magic), vaddq_f32(b, magic));
    const int16x8_t high = ck_neon_low_halves(vaddq_f32(c, magic), vaddq_f32(d, magic));
    return vqmovn_high_s16(vqmovn_s16(low), high);
}
#endif
#endif
