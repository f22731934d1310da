#if defined(__aarch64__)
#include <string.h>

#include "../kernels.h"
#include "../requantise_neon.h"
#include "affine_i8.h"

#define INLINE static inline __attribute__((always_inline))

enum { PAIR = 16 };

/// What all pixels of a block share.
typedef struct {
    const ck_affine_common *common;
    const ck_affine_block *block;
    int16x8_t factors, constants;
    ck_neon_ends ends;
    bool has_ends;  ///< the range is narrower than the type
} line;

INLINE int16x8_t eight(int16x8_t shifted, int16x8_t factors, int16x8_t constants) {
    return vqaddq_s16(vqrdmulhq_s16(shifted, factors), constants);
}

/// Two pixels in 16 bits.
INLINE int8x16_t short_pair(int8x16_t values, const line *l, uint32_t fraction_bits) {
    const int16x8_t low = eight(vshll_n_s8(vget_low_s8(values), 7), l->factors, l->constants);
    const int16x8_t high = eight(vshll_high_n_s8(values, 7), l->factors, l->constants);
    int8x16_t both;
    switch (fraction_bits) {
    case 7:
        both = vqrshrn_high_n_s16(vqrshrn_n_s16(low, 7), high, 7);
        break;
    case 6:
        both = vqrshrn_high_n_s16(vqrshrn_n_s16(low, 6), high, 6);
        break;
    case 5:
        both = vqrshrn_high_n_s16(vqrshrn_n_s16(low, 5), high, 5);
        break;
    default:
        both = vqrshrn_high_n_s16(vqrshrn_n_s16(low, 4), high, 4);
        break;
    }
    return l->has_ends ? vminq_s8(vmaxq_s8(both, l->ends.minimum), l->ends.maximum) : both;
}

INLINE float32x4_t four(int16x4_t value, const float *multipliers, const float *offsets) {
    const float32x4_t product = vmulq_f32(vcvtq_f32_s32(vmovl_s16(value)), vld1q_f32(multipliers));
    return vaddq_f32(product, vld1q_f32(offsets));
}

/// Two pixels by the definition.
INLINE int8x16_t float_pair(int8x16_t values, const line *l) {
    const int8x8_t zero_point = vdup_n_s8((int8_t)l->common->input_zero_point);
    const int16x8_t low = vsubl_s8(vget_low_s8(values), zero_point);
    const int16x8_t high = vsubl_s8(vget_high_s8(values), zero_point);
    const float *m = l->block->multipliers, *o = l->block->offsets;
    return ck_neon_round16(four(vget_low_s16(low), m, o), four(vget_high_s16(low), m + 4, o + 4),
                           four(vget_low_s16(high), m, o), four(vget_high_s16(high), m + 4, o + 4), l->ends);
}

INLINE int8x16_t pair(int8x16_t values, const line *l, uint32_t fraction_bits) {
    return fraction_bits == 0 ? float_pair(values, l) : short_pair(values, l, fraction_bits);
}

INLINE void pixels(const line *l, uint32_t fraction_bits, const int8_t *input, size_t count, int8_t *output) {
#pragma GCC unroll 2
    for (size_t two = count / 2; two > 0; two--, input += PAIR, output += PAIR)
        vst1q_s8(output, pair(vld1q_s8(input), l, fraction_bits));
    if (count % 2 == 0) return;
    const int8x8_t last = vld1_s8(input);
    vst1_s8(output, vget_low_s8(pair(vcombine_s8(last, last), l, fraction_bits)));
}

/// A loop for each number of bits, because the shift is part of the instruction.
INLINE void block_pixels(line l, bool has_ends, const int8_t *input, size_t count, int8_t *output) {
    l.has_ends = has_ends;
    switch (l.block->fraction_bits) {
    case 7:
        pixels(&l, 7, input, count, output);
        break;
    case 6:
        pixels(&l, 6, input, count, output);
        break;
    case 5:
        pixels(&l, 5, input, count, output);
        break;
    case 4:
        pixels(&l, 4, input, count, output);
        break;
    default:
        pixels(&l, 0, input, count, output);
        break;
    }
}

void ck_affine_i8__neon(const ck_affine_i8 *a) {
    const ck_affine *lines = a->packed;
    const ck_output_range *range = &lines->common.range;
    const ck_neon_ends ends = ck_neon_ends_of(range);
    const ck_span share = ck_share(ck_blocks(a->channels) * a->pixels, CK_BLOCK_CHANNELS, a->part, a->part_count);
    size_t count = 0;
    for (size_t pixel = share.first; pixel < share.end; pixel += count) {
        count = a->pixels - pixel % a->pixels;
        if (count > share.end - pixel) count = share.end - pixel;
        const ck_affine_block *block = &lines->blocks[pixel / a->pixels];
        const line l = {&lines->common, block, vld1q_s16(block->factors), vld1q_s16(block->constants), ends, true};
        const int8_t *input = a->input + pixel * CK_BLOCK_CHANNELS;
        int8_t *output = a->output + pixel * CK_BLOCK_CHANNELS;
        if (range->minimum > INT8_MIN || range->maximum < INT8_MAX)
            block_pixels(l, true, input, count, output);
        else
            block_pixels(l, false, input, count, output);
    }
}
#endif
