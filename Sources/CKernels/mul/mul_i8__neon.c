#if defined(__aarch64__)
#include "../broadcast_neon.h"
#include "../kernels.h"
#include "../requantise_neon.h"

typedef struct {
    int8x16_t a_zero_point, b_zero_point;
    float32x4_t multiplier;
    ck_neon_ends ends;
} factors;

/// Products of two differences of at most 255 need 17 bits.
static inline void products(int8x16_t a, int8x16_t b, const factors *f, float32x4_t quarters[4]) {
    const int16x8_t low_a = vsubl_s8(vget_low_s8(a), vget_low_s8(f->a_zero_point));
    const int16x8_t low_b = vsubl_s8(vget_low_s8(b), vget_low_s8(f->b_zero_point));
    const int16x8_t high_a = vsubl_high_s8(a, f->a_zero_point);
    const int16x8_t high_b = vsubl_high_s8(b, f->b_zero_point);
    const int32x4_t whole[4] = {vmull_s16(vget_low_s16(low_a), vget_low_s16(low_b)), vmull_high_s16(low_a, low_b),
                                vmull_s16(vget_low_s16(high_a), vget_low_s16(high_b)), vmull_high_s16(high_a, high_b)};
    for (size_t quarter = 0; quarter < 4; quarter++)
        quarters[quarter] = vmulq_f32(vcvtq_f32_s32(whole[quarter]), f->multiplier);
}

static inline int8x16_t mul_bounded(int8x16_t a, int8x16_t b, const void *context) {
    const factors *f = context;
    float32x4_t q[4];
    products(a, b, f, q);
    return ck_neon_round16_bounded(q[0], q[1], q[2], q[3], f->ends);
}

static inline int8x16_t mul_any(int8x16_t a, int8x16_t b, const void *context) {
    const factors *f = context;
    float32x4_t q[4];
    products(a, b, f, q);
    return ck_neon_round16(q[0], q[1], q[2], q[3], f->ends);
}

void ck_mul_i8__neon(const ck_mul_i8 *a) {
    const factors f = {ck_neon_opaque(vdupq_n_s8((int8_t)a->a_zero_point)),
                       ck_neon_opaque(vdupq_n_s8((int8_t)a->b_zero_point)), vdupq_n_f32(a->multiplier),
                       ck_neon_ends_of(&a->range)};
    const ck_span span = ck_share(ck_broadcast_count(&a->shape), CK_FLAT_GRANULE, a->part, a->part_count);
    if ((a->multiplier < 0 ? -a->multiplier : a->multiplier) * 65536 <= CK_NEON_BOUND)
        ck_pairwise_all(mul_bounded, &f, &a->shape, span, a->a, a->b, a->output);
    else
        ck_pairwise_all(mul_any, &f, &a->shape, span, a->a, a->b, a->output);
}
#endif
