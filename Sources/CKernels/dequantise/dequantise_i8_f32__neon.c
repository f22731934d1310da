#if defined(__aarch64__)
#include <arm_neon.h>

#include "../kernels.h"

enum { LANES = 8 };

void ck_dequantise_i8_f32__neon(const ck_dequantise_i8_f32 *a) {
    const int16x8_t zero_point = vdupq_n_s16((int16_t)a->zero_point);
    const float32x4_t scale = vdupq_n_f32(a->scale);
    size_t index = 0;
    for (; index + LANES <= a->count; index += LANES) {
        const int16x8_t value = vsubq_s16(vmovl_s8(vld1_s8(a->input + index)), zero_point);
        vst1q_f32(a->output + index, vmulq_f32(vcvtq_f32_s32(vmovl_s16(vget_low_s16(value))), scale));
        vst1q_f32(a->output + index + 4, vmulq_f32(vcvtq_f32_s32(vmovl_high_s16(value)), scale));
    }
    for (; index < a->count; index++) a->output[index] = (float)(a->input[index] - a->zero_point) * a->scale;
}
#endif
