// Packed lines: what holds for all channels, then each block's own.
//
// A line of bytes has but 256 arguments, so that a cheaper form of it can be proved by trying them all:
//   out = clamp((upper 16 bits of (in << 7) * factor * 2 + constant) >> fraction_bits)
// in 16 bits with saturation, product and shift rounded. Packing looks for factors and constants with which this gives
// what the definition in float32 gives for every argument in all channels of a block; a block for which it finds none
// keeps the definition.

#ifndef OUTPOST_AFFINE_I8_H
#define OUTPOST_AFFINE_I8_H

#include "../requantise.h"
#include "../share.h"

typedef struct {
    ck_output_range range;
    int32_t input_zero_point;
} ck_affine_common;

enum { CK_AFFINE_MOST_FRACTION_BITS = 7, CK_AFFINE_FEWEST_FRACTION_BITS = 4 };

/// The lines of one block of channels.
typedef struct {
    float multipliers[CK_BLOCK_CHANNELS], offsets[CK_BLOCK_CHANNELS];
    int16_t factors[CK_BLOCK_CHANNELS], constants[CK_BLOCK_CHANNELS];
    uint32_t fraction_bits;  ///< of the form in 16 bits; 0 where there is none
    uint32_t reserved[3];
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

#endif
