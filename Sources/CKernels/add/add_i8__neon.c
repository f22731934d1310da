#if defined(__aarch64__)
#include "add_i8.h"

#include "../kernels.h"

enum { LANES = 8 };

static inline float32x4_t scaled(int16x4_t value, float32x4_t multiplier) {
    return vmulq_f32(vcvtq_f32_s32(vmovl_s16(value)), multiplier);
}

void ck_add_i8__neon(const ck_add_i8 *arguments) {
    const ck_neon_range range = ck_neon_range_of(&arguments->range);
    const int16x8_t a_zero = vdupq_n_s16((int16_t)arguments->a_zero_point);
    const int16x8_t b_zero = vdupq_n_s16((int16_t)arguments->b_zero_point);
    const float32x4_t a_factor = vdupq_n_f32(arguments->a_multiplier);
    const float32x4_t b_factor = vdupq_n_f32(arguments->b_multiplier);
    size_t index = 0;
    for (; index + LANES <= arguments->count; index += LANES) {
        const int16x8_t a = vsubq_s16(vmovl_s8(vld1_s8(arguments->a + index)), a_zero);
        const int16x8_t b = vsubq_s16(vmovl_s8(vld1_s8(arguments->b + index)), b_zero);
        const float32x4_t low_a = scaled(vget_low_s16(a), a_factor), low_b = scaled(vget_low_s16(b), b_factor);
        const float32x4_t high_a = scaled(vget_high_s16(a), a_factor), high_b = scaled(vget_high_s16(b), b_factor);
        const int32x4_t low = ck_neon_round(vaddq_f32(low_a, low_b), range);
        const int32x4_t high = ck_neon_round(vaddq_f32(high_a, high_b), range);
        vst1_s8(arguments->output + index, ck_neon_narrow(low, high));
    }
    for (; index < arguments->count; index++) arguments->output[index] = ck_add_one_i8(arguments, index);
}
#endif
