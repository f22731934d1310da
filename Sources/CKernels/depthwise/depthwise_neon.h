// What the vector variants share: sums of up to four pixels of a block begin with the bias, and end as bytes.

#ifndef OUTPOST_DEPTHWISE_NEON_H
#define OUTPOST_DEPTHWISE_NEON_H

#if defined(__aarch64__)
#include "../requantise_neon.h"
#include "depthwise_i8.h"

#define CK_DEPTHWISE_INLINE static inline __attribute__((always_inline))

/// Bytes of two pixels, and the pairs in a tile.
enum { CK_DEPTHWISE_PAIR = 16, CK_DEPTHWISE_PAIRS = 2 };

/// What all rows of a block of channels share.
typedef struct {
    int32x4_t bias_low, bias_high;
    float32x4_t multiplier_low, multiplier_high;
    ck_neon_ends ends;
    bool is_bounded;  ///< no scaled sum exceeds CK_NEON_BOUND
} ck_depthwise_lanes;

static inline float32x4_t ck_depthwise_magnitudes(int32x4_t bias, const int32_t *sums, float32x4_t multiplier) {
    const float32x4_t sum = vaddq_f32(vabsq_f32(vcvtq_f32_s32(bias)), vcvtq_f32_s32(vld1q_s32(sums)));
    return vmulq_f32(sum, vabsq_f32(multiplier));
}

static inline ck_depthwise_lanes ck_depthwise_lanes_of(const ck_depthwise_i8 *a, const ck_depthwise_block *block,
                                                       size_t channel) {
    ck_depthwise_lanes l = {.ends = ck_neon_ends_of(&a->range)};
    l.bias_low = vld1q_s32(a->bias + channel), l.bias_high = vld1q_s32(a->bias + channel + 4);
    l.multiplier_low = vld1q_f32(a->multipliers + channel), l.multiplier_high = vld1q_f32(a->multipliers + channel + 4);
    const float32x4_t low = ck_depthwise_magnitudes(l.bias_low, block->magnitudes, l.multiplier_low);
    const float32x4_t high = ck_depthwise_magnitudes(l.bias_high, block->magnitudes + 4, l.multiplier_high);
    l.is_bounded = vmaxvq_f32(vmaxq_f32(low, high)) <= CK_NEON_BOUND;
    return l;
}

/// Of each pair: low and high channels of the first pixel, then of the second.
typedef struct {
    int32x4_t quarters[CK_DEPTHWISE_PAIRS][4];
} ck_depthwise_sums;

CK_DEPTHWISE_INLINE ck_depthwise_sums ck_depthwise_begin(size_t pairs, const ck_depthwise_lanes *l) {
    ck_depthwise_sums s;
    for (size_t pair = 0; pair < pairs; pair++)
        for (size_t half = 0; half < 2; half++) {
            s.quarters[pair][2 * half] = l->bias_low;
            s.quarters[pair][2 * half + 1] = l->bias_high;
        }
    return s;
}

/// The forms of requantise_neon.h.
typedef enum { CK_ENDS_ANY, CK_ENDS_BOUNDED, CK_ENDS_PLAIN } ck_depthwise_ends;

/// Two pixels: the quarters of a pair.
CK_DEPTHWISE_INLINE void ck_depthwise_finish_pair(ck_depthwise_ends kind, const ck_depthwise_lanes *l,
                                                  const int32x4_t q[4], int8_t *output) {
    const float32x4_t a = vmulq_f32(vcvtq_f32_s32(q[0]), l->multiplier_low);
    const float32x4_t b = vmulq_f32(vcvtq_f32_s32(q[1]), l->multiplier_high);
    const float32x4_t c = vmulq_f32(vcvtq_f32_s32(q[2]), l->multiplier_low);
    const float32x4_t d = vmulq_f32(vcvtq_f32_s32(q[3]), l->multiplier_high);
    const int8x16_t result = kind == CK_ENDS_PLAIN     ? ck_neon_round16_plain(a, b, c, d, l->ends)
                             : kind == CK_ENDS_BOUNDED ? ck_neon_round16_bounded(a, b, c, d, l->ends)
                                                       : ck_neon_round16(a, b, c, d, l->ends);
    vst1q_s8(output, result);
}

CK_DEPTHWISE_INLINE void ck_depthwise_finish(size_t pairs, ck_depthwise_ends kind, const ck_depthwise_lanes *l,
                                             const ck_depthwise_sums *s, int8_t *output) {
    for (size_t pair = 0; pair < pairs; pair++)
        ck_depthwise_finish_pair(kind, l, s->quarters[pair], output + pair * CK_DEPTHWISE_PAIR);
}
#endif
#endif
