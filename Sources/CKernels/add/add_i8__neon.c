#if defined(__aarch64__)
#include "../broadcast_neon.h"
#include "../kernels.h"
#include "../requantise_neon.h"
#include "add_i8.h"

#define INLINE static inline __attribute__((always_inline))

typedef struct {
    int8x16_t a_zero_point, b_zero_point;
    int16x8_t a_factor, b_factor;
    float32x4_t a_multiplier, b_multiplier;
    ck_neon_ends ends;
} factors;

/// Differences of sixteen values from their zero points, in 16 bits.
typedef struct {
    int16x8_t low, high;
} differences;

INLINE differences differences_of(int8x16_t values, int8x16_t zero_point) {
    return (differences){vsubl_s8(vget_low_s8(values), vget_low_s8(zero_point)), vsubl_high_s8(values, zero_point)};
}

// --- Multipliers in 16 bits: a loop for each number of bits, because the shift is part of the instruction.

INLINE int16x8_t eight_sums(int16x8_t a, int16x8_t b, const factors *f, uint32_t bits) {
    const int32x4_t first = vmull_s16(vget_low_s16(a), vget_low_s16(f->a_factor));
    const int32x4_t second = vmull_high_s16(a, f->a_factor);
    const int32x4_t low = vmlal_s16(first, vget_low_s16(b), vget_low_s16(f->b_factor));
    const int32x4_t high = vmlal_high_s16(second, b, f->b_factor);
    switch (bits) {
    case 16:
        return vqrshrn_high_n_s32(vqrshrn_n_s32(low, 16), high, 16);
    case 15:
        return vqrshrn_high_n_s32(vqrshrn_n_s32(low, 15), high, 15);
    case 14:
        return vqrshrn_high_n_s32(vqrshrn_n_s32(low, 14), high, 14);
    default:
        return vqrshrn_high_n_s32(vqrshrn_n_s32(low, 13), high, 13);
    }
}

INLINE int8x16_t short_sums(int8x16_t a, int8x16_t b, const factors *f, uint32_t bits) {
    const differences left = differences_of(a, f->a_zero_point), right = differences_of(b, f->b_zero_point);
    return ck_neon_into_range(eight_sums(left.low, right.low, f, bits), eight_sums(left.high, right.high, f, bits),
                              f->ends);
}

INLINE int8x16_t add_16(int8x16_t a, int8x16_t b, const void *context) { return short_sums(a, b, context, 16); }
INLINE int8x16_t add_15(int8x16_t a, int8x16_t b, const void *context) { return short_sums(a, b, context, 15); }
INLINE int8x16_t add_14(int8x16_t a, int8x16_t b, const void *context) { return short_sums(a, b, context, 14); }
INLINE int8x16_t add_13(int8x16_t a, int8x16_t b, const void *context) { return short_sums(a, b, context, 13); }

// --- Others: in float32.

INLINE float32x4_t float_sum(int16x4_t a, int16x4_t b, const factors *f) {
    const float32x4_t first = vmulq_f32(vcvtq_f32_s32(vmovl_s16(a)), f->a_multiplier);
    return vaddq_f32(first, vmulq_f32(vcvtq_f32_s32(vmovl_s16(b)), f->b_multiplier));
}

INLINE int8x16_t add_floats(int8x16_t a, int8x16_t b, const void *context) {
    const factors *f = context;
    const differences left = differences_of(a, f->a_zero_point), right = differences_of(b, f->b_zero_point);
    return ck_neon_round16(float_sum(vget_low_s16(left.low), vget_low_s16(right.low), f),
                           float_sum(vget_high_s16(left.low), vget_high_s16(right.low), f),
                           float_sum(vget_low_s16(left.high), vget_low_s16(right.high), f),
                           float_sum(vget_high_s16(left.high), vget_high_s16(right.high), f), f->ends);
}

void ck_add_i8__neon(const ck_add_i8 *a) {
    const ck_add_factors short_factors = ck_add_factors_of(a);
    const factors f = {
        .a_zero_point = ck_neon_opaque(vdupq_n_s8((int8_t)a->a_zero_point)),
        .b_zero_point = ck_neon_opaque(vdupq_n_s8((int8_t)a->b_zero_point)),
        .a_factor = vdupq_n_s16((int16_t)short_factors.a),
        .b_factor = vdupq_n_s16((int16_t)short_factors.b),
        .a_multiplier = vdupq_n_f32(a->a_multiplier),
        .b_multiplier = vdupq_n_f32(a->b_multiplier),
        .ends = ck_neon_ends_of(&a->range),
    };
    const ck_span span = ck_share(ck_broadcast_count(&a->shape), CK_FLAT_GRANULE, a->part, a->part_count);
    switch (short_factors.bits) {
    case 16:
        ck_pairwise_all(add_16, &f, &a->shape, span, a->a, a->b, a->output);
        break;
    case 15:
        ck_pairwise_all(add_15, &f, &a->shape, span, a->a, a->b, a->output);
        break;
    case 14:
        ck_pairwise_all(add_14, &f, &a->shape, span, a->a, a->b, a->output);
        break;
    case 13:
        ck_pairwise_all(add_13, &f, &a->shape, span, a->a, a->b, a->output);
        break;
    default:
        ck_pairwise_all(add_floats, &f, &a->shape, span, a->a, a->b, a->output);
        break;
    }
}
#endif
