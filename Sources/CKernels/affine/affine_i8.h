// Packed lines: what holds for all channels, then each block's own.
//
// A line of bytes has but 256 arguments, so that a cheaper form of it can be proved by trying them all. Packing looks
// for numbers with which such a form gives what the definition in float32 gives, for every argument in all channels of
// a block. A block for which it finds none keeps the definition. The forms, the cheapest first:
//
//  - short, which is for coarse lines: all in 16 bits with saturation, product and shift rounded,
//      out = clamp((upper 16 bits of (in << 7) * factor * 2 + constant) >> fraction_bits)
//  - wide: a product of 32 bits. What the constant does not say in steps of 1 / 32, the argument's fraction does:
//      out = clamp((upper 16 bits of (in * 2^24 + fraction * 2^8) * factor >> 31, and constant) >> 5)

#ifndef OUTPOST_AFFINE_I8_H
#define OUTPOST_AFFINE_I8_H

#include "../requantise.h"
#include "../share.h"

typedef struct {
    ck_output_range range;
    int32_t input_zero_point;
} ck_affine_common;

enum { CK_AFFINE_MOST_FRACTION_BITS = 7, CK_AFFINE_FEWEST_FRACTION_BITS = 4, CK_AFFINE_WIDE_FRACTION_BITS = 5 };

typedef enum { CK_AFFINE_BY_DEFINITION, CK_AFFINE_WIDE, CK_AFFINE_SHORT } ck_affine_form;

typedef struct {
    int16_t factors[CK_BLOCK_CHANNELS], constants[CK_BLOCK_CHANNELS];
} ck_affine_short;

typedef struct {
    int32_t factors[CK_BLOCK_CHANNELS];
    int16_t constants[CK_BLOCK_CHANNELS];
    uint16_t fractions[CK_BLOCK_CHANNELS];
} ck_affine_wide;

/// The lines of one block of channels.
typedef struct {
    float multipliers[CK_BLOCK_CHANNELS], offsets[CK_BLOCK_CHANNELS];
    ck_affine_short short_form;
    ck_affine_wide wide_form;
    int32_t form;            ///< a ck_affine_form
    uint32_t fraction_bits;  ///< of the short form
    uint32_t reserved[2];
} ck_affine_block;

typedef struct {
    ck_affine_common common;
    ck_affine_block blocks[];
} ck_affine;

static inline int8_t ck_affine_one(const ck_affine_common *common, const ck_affine_block *block, size_t lane,
                                   int8_t value) {
    const float product = (float)(value - common->input_zero_point) * block->multipliers[lane];
    const float sum = product + block->offsets[lane];
    return ck_round_to_i8(sum, &common->range);
}

/// What the definition makes of every byte.
typedef struct {
    int8_t bytes[256];
} ck_affine_line;

/// Finds a channel's numbers for the wide form; false where there are none.
int ck_affine_find_wide(const ck_affine_common *, const ck_affine_block *, size_t lane, const ck_affine_line *expected,
                        ck_affine_wide *);

static inline int32_t ck_affine_limited(int32_t value, int32_t low, int32_t high) {
    return value < low ? low : value > high ? high : value;
}

#endif
