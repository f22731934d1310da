// The eight channels of a block side by side, on whatever vectors a processor has: types of GNU C, which gcc and clang
// know everywhere.

#ifndef OUTPOST_LANES_H
#define OUTPOST_LANES_H

#include <string.h>

#include "requantise.h"

typedef int8_t ck_lanes_i8 __attribute__((vector_size(8)));
typedef int16_t ck_lanes_i16 __attribute__((vector_size(16)));
typedef int32_t ck_lanes_i32 __attribute__((vector_size(32)));

typedef int32_t ck_pairs_i32 __attribute__((vector_size(16)));

static inline ck_lanes_i16 ck_wide_lanes(const int8_t *values) {
    ck_lanes_i8 lanes;
    memcpy(&lanes, values, sizeof lanes);
    return __builtin_convertvector(lanes, ck_lanes_i16);
}

/// sums += values * weights.
static inline void ck_multiply_lanes(ck_lanes_i32 *sums, const int8_t *values, const int8_t *weights) {
    // A product of two bytes fits 16 bits.
    *sums += __builtin_convertvector(ck_wide_lanes(values) * ck_wide_lanes(weights), ck_lanes_i32);
}

/// Products of bytes, added two by two: what most processors have an instruction for.
static inline ck_pairs_i32 ck_paired_products(ck_lanes_i16 left, ck_lanes_i16 right) {
    const ck_lanes_i32 products =
        __builtin_convertvector(left, ck_lanes_i32) * __builtin_convertvector(right, ck_lanes_i32);
    return __builtin_shufflevector(products, products, 0, 2, 4, 6) +
           __builtin_shufflevector(products, products, 1, 3, 5, 7);
}

/// Eight sums, int32_t[8] or ck_lanes_i32, as a block of the output. Works on copies, which the output cannot overlap.
static inline void ck_requantise_lanes(const void *sums, const float *multipliers, const ck_output_range *range,
                                       int8_t *output) {
    const ck_output_range ends = *range;
    int32_t accumulators[CK_BLOCK_CHANNELS];
    int8_t values[CK_BLOCK_CHANNELS];
    memcpy(accumulators, sums, sizeof accumulators);
    for (size_t lane = 0; lane < CK_BLOCK_CHANNELS; lane++)
        values[lane] = ck_requantise_i8(accumulators[lane], multipliers[lane], &ends);
    memcpy(output, values, sizeof values);
}

#endif
