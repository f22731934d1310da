#if defined(__aarch64__)
#include <string.h>

#include "../kernels.h"
#include "../requantise_neon.h"
#include "affine_i8.h"

#define INLINE static inline __attribute__((always_inline))

enum { PAIR = 16 };

/// A block's numbers for one of the cheaper forms, in registers: a store might change them in memory, for all that the
/// compiler knows.
typedef struct {
    int16x8_t short_factors, constants;
    int32x4_t low_factors, high_factors;
    int8x16_t fractions;
} numbers;

/// What all pixels of a block share.
typedef struct {
    const ck_affine_common *common;
    const ck_affine_block *block;
    numbers n;
    ck_neon_ends ends;
    bool has_ends;  ///< the range is narrower than the type
} line;

INLINE int8x16_t ended(int8x16_t values, const line *l) {
    return l->has_ends ? vminq_s8(vmaxq_s8(values, l->ends.minimum), l->ends.maximum) : values;
}

// --- The short form.

INLINE int16x8_t short_eight(int16x8_t shifted, const numbers *n) {
    return vqaddq_s16(vqrdmulhq_s16(shifted, n->short_factors), n->constants);
}

INLINE int8x16_t short_pair(int8x16_t values, const line *l, uint32_t fraction_bits) {
    const int16x8_t low = short_eight(vshll_n_s8(vget_low_s8(values), 7), &l->n);
    const int16x8_t high = short_eight(vshll_high_n_s8(values, 7), &l->n);
    switch (fraction_bits) {
    case 7:
        return ended(vqrshrn_high_n_s16(vqrshrn_n_s16(low, 7), high, 7), l);
    case 6:
        return ended(vqrshrn_high_n_s16(vqrshrn_n_s16(low, 6), high, 6), l);
    case 5:
        return ended(vqrshrn_high_n_s16(vqrshrn_n_s16(low, 5), high, 5), l);
    default:
        return ended(vqrshrn_high_n_s16(vqrshrn_n_s16(low, 4), high, 4), l);
    }
}

// --- The wide form.

/// Bytes of an argument: none, its fraction's two, the value. Of two pixels' quarters, a value is at its place among
/// the pixels, a fraction behind them.
typedef struct {
    uint8x16_t places[4];
} quarters;

INLINE quarters quarters_of(void) {
    enum { NONE = UINT8_MAX };
    quarters all;
    for (uint8_t quarter = 0; quarter < 4; quarter++) {
        uint8_t bytes[16];
        for (uint8_t lane = 0; lane < 4; lane++) {
            const uint8_t channel = quarter % 2 * 4 + lane, fraction = PAIR + 2 * channel;
            bytes[4 * lane] = NONE;
            bytes[4 * lane + 1] = fraction, bytes[4 * lane + 2] = fraction + 1;
            bytes[4 * lane + 3] = quarter / 2 * CK_BLOCK_CHANNELS + channel;
        }
        all.places[quarter] = vld1q_u8(bytes);
    }
    return all;
}

/// The upper halves of the products of one pixel.
INLINE int16x8_t wide_pixel(int8x16x2_t values, const uint8x16_t places[2], const numbers *n) {
    const int32x4_t low = vreinterpretq_s32_s8(vqtbl2q_s8(values, places[0]));
    const int32x4_t high = vreinterpretq_s32_s8(vqtbl2q_s8(values, places[1]));
    const int16x8_t first = vreinterpretq_s16_s32(vqdmulhq_s32(low, n->low_factors));
    const int16x8_t second = vreinterpretq_s16_s32(vqdmulhq_s32(high, n->high_factors));
    return vqaddq_s16(vuzp2q_s16(first, second), n->constants);
}

INLINE int8x16_t wide_pair(int8x16_t values, const line *l, const quarters *all) {
    const int8x16x2_t both = {{values, l->n.fractions}};
    const int16x8_t first = wide_pixel(both, all->places, &l->n), second = wide_pixel(both, all->places + 2, &l->n);
    const int8x8_t low = vqrshrn_n_s16(first, CK_AFFINE_WIDE_FRACTION_BITS);
    return ended(vqrshrn_high_n_s16(low, second, CK_AFFINE_WIDE_FRACTION_BITS), l);
}

// --- By the definition.

INLINE float32x4_t four(int16x4_t value, const float *multipliers, const float *offsets) {
    const float32x4_t product = vmulq_f32(vcvtq_f32_s32(vmovl_s16(value)), vld1q_f32(multipliers));
    return vaddq_f32(product, vld1q_f32(offsets));
}

INLINE int8x16_t float_pair(int8x16_t values, const line *l) {
    const int8x8_t zero_point = vdup_n_s8((int8_t)l->common->input_zero_point);
    const int16x8_t low = vsubl_s8(vget_low_s8(values), zero_point);
    const int16x8_t high = vsubl_s8(vget_high_s8(values), zero_point);
    const float *m = l->block->multipliers, *o = l->block->offsets;
    return ck_neon_round16(four(vget_low_s16(low), m, o), four(vget_high_s16(low), m + 4, o + 4),
                           four(vget_low_s16(high), m, o), four(vget_high_s16(high), m + 4, o + 4), l->ends);
}

INLINE int8x16_t pair(int8x16_t values, const line *l, ck_affine_form form, uint32_t fraction_bits,
                      const quarters *all) {
    switch (form) {
    case CK_AFFINE_SHORT:
        return short_pair(values, l, fraction_bits);
    case CK_AFFINE_WIDE:
        return wide_pair(values, l, all);
    default:
        return float_pair(values, l);
    }
}

INLINE void pixels(line l, bool has_ends, ck_affine_form form, uint32_t fraction_bits, const int8_t *input,
                   size_t count, int8_t *output) {
    l.has_ends = has_ends;
    const quarters all = quarters_of();
#pragma GCC unroll 4
    for (size_t two = count / 2; two > 0; two--, input += PAIR, output += PAIR)
        vst1q_s8(output, pair(vld1q_s8(input), &l, form, fraction_bits, &all));
    if (count % 2 == 0) return;
    const int8x8_t last = vld1_s8(input);
    vst1_s8(output, vget_low_s8(pair(vcombine_s8(last, last), &l, form, fraction_bits, &all)));
}

INLINE numbers short_numbers(const ck_affine_short *form) {
    return (numbers){.short_factors = vld1q_s16(form->factors), .constants = vld1q_s16(form->constants)};
}

INLINE numbers wide_numbers(const ck_affine_wide *form) {
    return (numbers){.constants = vld1q_s16(form->constants),
                     .low_factors = vld1q_s32(form->factors),
                     .high_factors = vld1q_s32(form->factors + 4),
                     .fractions = vreinterpretq_s8_u16(vld1q_u16(form->fractions))};
}

/// A loop for each number of bits, because the shift is part of the instruction.
INLINE void block_pixels(line l, bool has_ends, const int8_t *input, size_t count, int8_t *output) {
    if (l.block->form == CK_AFFINE_WIDE) {
        l.n = wide_numbers(&l.block->wide_form);
        pixels(l, has_ends, CK_AFFINE_WIDE, 0, input, count, output);
        return;
    }
    if (l.block->form == CK_AFFINE_BY_DEFINITION) {
        pixels(l, has_ends, CK_AFFINE_BY_DEFINITION, 0, input, count, output);
        return;
    }
    l.n = short_numbers(&l.block->short_form);
    switch (l.block->fraction_bits) {
    case 7:
        pixels(l, has_ends, CK_AFFINE_SHORT, 7, input, count, output);
        break;
    case 6:
        pixels(l, has_ends, CK_AFFINE_SHORT, 6, input, count, output);
        break;
    case 5:
        pixels(l, has_ends, CK_AFFINE_SHORT, 5, input, count, output);
        break;
    default:
        pixels(l, has_ends, CK_AFFINE_SHORT, 4, input, count, output);
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
        const line l = {.common = &lines->common, .block = block, .ends = ends};
        const int8_t *input = a->input + pixel * CK_BLOCK_CHANNELS;
        int8_t *output = a->output + pixel * CK_BLOCK_CHANNELS;
        if (range->minimum > INT8_MIN || range->maximum < INT8_MAX)
            block_pixels(l, true, input, count, output);
        else
            block_pixels(l, false, input, count, output);
    }
}
#endif
