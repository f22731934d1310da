// Requantisation, defined once.
//
// y = zero_point + round_half_even(clamp((float)accumulator * multiplier, minimum - zero_point, maximum -
// zero_point))
//
// int32 -> float32 rounds half to even, the product is rounded to float32 once, and the clamp comes before the rounding
// so that the rounding's operand is small. onnxruntime's int8 kernels compute the same. Vector variants must follow
// step
// by step; a fused multiply-add anywhere here would be a different function.

#ifndef OUTPOST_REQUANTISE_H
#define OUTPOST_REQUANTISE_H

#include "ckernels.h"

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

// 1.5 * 2^23: added to a float of magnitude below 2^22 it leaves the integer, rounded half to even, in the low bits.
#define CK_ROUNDING_MAGIC 12582912.0f
#define CK_ROUNDING_MAGIC_BITS 0x4B400000

typedef union {
    float number;
    int32_t bits;
} ck_float_bits;

/// Rounds a scaled value and brings it into the range. Not-a-number gives the minimum.
static inline int8_t ck_round_to_i8(float scaled, const ck_output_range *range) {
    const float low = (float)(range->minimum - range->zero_point);
    const float high = (float)(range->maximum - range->zero_point);
    // The order of the operands matters: a comparison with not-a-number is false and must choose `low`.
    const float above = scaled > low ? scaled : low;
    const float within = above < high ? above : high;
    ck_float_bits rounded;
    rounded.number = within + CK_ROUNDING_MAGIC;
    return (int8_t)(rounded.bits - CK_ROUNDING_MAGIC_BITS + range->zero_point);
}

static inline int8_t ck_requantise_i8(int32_t accumulator, float multiplier, const ck_output_range *range) {
    const float scaled = (float)accumulator * multiplier;
    return ck_round_to_i8(scaled, range);
}

#if defined(__aarch64__)
#include <arm_neon.h>

typedef struct {
    float32x4_t low, high;
    int32x4_t zero_point;
} ck_neon_range;

static inline ck_neon_range ck_neon_range_of(const ck_output_range *range) {
    ck_neon_range result;
    result.low = vdupq_n_f32((float)(range->minimum - range->zero_point));
    result.high = vdupq_n_f32((float)(range->maximum - range->zero_point));
    result.zero_point = vdupq_n_s32(range->zero_point);
    return result;
}

/// Four values at once; FMAXNM takes the number where the other operand is not one, as the scalar comparison does.
static inline int32x4_t ck_neon_round(float32x4_t scaled, ck_neon_range range) {
    const float32x4_t within = vminnmq_f32(vmaxnmq_f32(scaled, range.low), range.high);
    return vaddq_s32(vcvtnq_s32_f32(within), range.zero_point);
}

static inline int32x4_t ck_neon_requantise(int32x4_t accumulator, float32x4_t multiplier, ck_neon_range range) {
    return ck_neon_round(vmulq_f32(vcvtq_f32_s32(accumulator), multiplier), range);
}

/// Narrows eight values, each already within int8.
static inline int8x8_t ck_neon_narrow(int32x4_t first, int32x4_t second) {
    return vmovn_s16(vcombine_s16(vmovn_s32(first), vmovn_s32(second)));
}
#endif
#endif
