#if defined(__aarch64__)
#include "../kernels.h"
#include "../requantise.h"

enum { LANES = 8 };

void ck_quantise_f32_i8__neon(const ck_quantise_f32_i8 *a) {
    const ck_neon_range range = ck_neon_range_of(&a->range);
    // A true division, as the ONNX operator says: a reciprocal would round differently.
    const float32x4_t scale = vdupq_n_f32(a->scale);
    size_t index = 0;
    for (; index + LANES <= a->count; index += LANES) {
        const int32x4_t low = ck_neon_round(vdivq_f32(vld1q_f32(a->input + index), scale), range);
        const int32x4_t high = ck_neon_round(vdivq_f32(vld1q_f32(a->input + index + 4), scale), range);
        vst1_s8(a->output + index, ck_neon_narrow(low, high));
    }
    for (; index < a->count; index++) {
        const float scaled = a->input[index] / a->scale;
        a->output[index] = ck_round_to_i8(scaled, &a->range);
    }
}
#endif
