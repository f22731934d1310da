#if defined(__aarch64__)
#include "../broadcast_neon.h"
#include "../kernels.h"
#include "../requantise_neon.h"

typedef struct {
    int8x16_t a_zero_point, b_zero_point;
    float32x4_t a_multiplier, b_multiplier;
    ck_neon_ends ends;
} factors;

static inline float32x4_t sum(int16x4_t a, int16x4_t b, const factors *f) {
    const float32x4_t first = vmulq_f32(vcvtq_f32_s32(vmovl_s16(a)), f->a_multiplier);
    return vaddq_f32(first, vmulq_f32(vcvtq_f32_s32(vmovl_s16(b)), f->b_multiplier));
}

static inline void sums(int8x16_t a, int8x16_t b, const factors *f, float32x4_t quarters[4]) {
    const int16x8_t low_a = vsubl_s8(vget_low_s8(a), vget_low_s8(f->a_zero_point));
    const int16x8_t low_b = vsubl_s8(vget_low_s8(b), vget_low_s8(f->b_zero_point));
    const int16x8_t high_a = vsubl_high_s8(a, f->a_zero_point);
    const int16x8_t high_b = vsubl_high_s8(b, f->b_zero_point);
    quarters[0] = sum(vget_low_s16(low_a), vget_low_s16(low_b), f);
    quarters[1] = sum(vget_high_s16(low_a), vget_high_s16(low_b), f);
    quarters[2] = sum(vget_low_s16(high_a), vget_low_s16(high_b), f);
    quarters[3] = sum(vget_high_s16(high_a), vget_high_s16(high_b), f);
}

static inline int8x16_t add_bounded(int8x16_t a, int8x16_t b, const void *context) {
    const factors *f = context;
    float32x4_t q[4];
    sums(a, b, f, q);
    return ck_neon_round16_bounded(q[0], q[1], q[2], q[3], f->ends);
}

static inline int8x16_t add_any(int8x16_t a, int8x16_t b, const void *context) {
    const factors *f = context;
    float32x4_t q[4];
    sums(a, b, f, q);
    return ck_neon_round16(q[0], q[1], q[2], q[3], f->ends);
}

static float magnitude(float value) { return value < 0 ? -value : value; }

void ck_add_i8__neon(const ck_add_i8 *a) {
    const factors f = {ck_neon_opaque(vdupq_n_s8((int8_t)a->a_zero_point)), ck_neon_opaque(vdupq_n_s8((int8_t)a->b_zero_point)),
                       vdupq_n_f32(a->a_multiplier), vdupq_n_f32(a->b_multiplier), ck_neon_ends_of(&a->range)};
    const ck_span span = ck_share(ck_broadcast_count(&a->shape), CK_FLAT_GRANULE, a->part, a->part_count);
    // No value is further than 255 from its zero point.
    if ((magnitude(a->a_multiplier) + magnitude(a->b_multiplier)) * 256 <= CK_NEON_BOUND)
        ck_pairwise_all(add_bounded, &f, &a->shape, span, a->a, a->b, a->output);
    else ck_pairwise_all(add_any, &f, &a->shape, span, a->a, a->b, a->output);
}
#endif
