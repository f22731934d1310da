// Packed lines: what holds for all channels, then each channel's own.

#ifndef OUTPOST_AFFINE_I8_H
#define OUTPOST_AFFINE_I8_H

#include "../share.h"
#include "../requantise.h"

typedef struct {
    ck_output_range range;
    int32_t input_zero_point;
} ck_affine_common;

/// The lines of one block of channels.
typedef struct {
    float multipliers[CK_BLOCK_CHANNELS], offsets[CK_BLOCK_CHANNELS];
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
