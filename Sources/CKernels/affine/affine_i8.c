// Packing lines, and looking for their cheapest form.

#include "affine_i8.h"

#include <stdbool.h>
#include <string.h>

/// What the instructions SSHLL, SQRDMULH, SQADD, SQRSHRN, SMAX and SMIN make of a byte.
static int32_t short_form(int32_t value, int32_t factor, int32_t constant, uint32_t fraction_bits,
                          const ck_output_range *range) {
    const int32_t product = (value * (1 << 7) * factor * 2 + (1 << 15)) >> 16;
    const int32_t sum = ck_affine_limited(product + constant, INT16_MIN, INT16_MAX);
    const int32_t rounded = (sum + (1 << (fraction_bits - 1))) >> fraction_bits;
    return ck_affine_limited(ck_affine_limited(rounded, INT8_MIN, INT8_MAX), range->minimum, range->maximum);
}

static bool agrees(int32_t factor, int32_t constant, uint32_t fraction_bits, const ck_output_range *range,
                   const ck_affine_line *expected) {
    if (factor < INT16_MIN || factor > INT16_MAX || constant < INT16_MIN || constant > INT16_MAX) return false;
    for (int32_t value = INT8_MIN; value <= INT8_MAX; value++)
        if (short_form(value, factor, constant, fraction_bits, range) != expected->bytes[value - INT8_MIN])
            return false;
    return true;
}

/// Tries neighbours of the exact factor and constant, the nearest first.
static bool find_channel(const ck_affine_common *common, ck_affine_block *block, size_t lane, uint32_t fraction_bits,
                         const ck_affine_line *expected) {
    enum { FARTHEST_FACTOR = 3, FARTHEST_CONSTANT = 4 };
    const double multiplier = block->multipliers[lane], one = (double)(1 << fraction_bits);
    const double factor = multiplier * one * (1 << 8);
    const double constant =
        (block->offsets[lane] - common->input_zero_point * multiplier + common->range.zero_point) * one;
    // Also false for what is not a number.
    if (!(factor >= INT16_MIN && factor <= INT16_MAX && constant >= INT16_MIN && constant <= INT16_MAX)) return false;
    const int32_t nearest_factor = (int32_t)(factor < 0 ? factor - 0.5 : factor + 0.5);
    const int32_t nearest_constant = (int32_t)(constant < 0 ? constant - 0.5 : constant + 0.5);
    for (int32_t try = 0; try <= 2 * FARTHEST_FACTOR; try++)
        for (int32_t other = 0; other <= 2 * FARTHEST_CONSTANT; other++) {
            // 0, 1, -1, 2, -2 ...
            const int32_t some_factor = nearest_factor + (try % 2 ? (try + 1) / 2 : -(try / 2));
            const int32_t some_constant = nearest_constant + (other % 2 ? (other + 1) / 2 : -(other / 2));
            if (!agrees(some_factor, some_constant, fraction_bits, &common->range, expected)) continue;
            block->short_form.factors[lane] = (int16_t)some_factor;
            block->short_form.constants[lane] = (int16_t)some_constant;
            return true;
        }
    return false;
}

static bool find_short_form(const ck_affine_common *common, ck_affine_block *block, const ck_affine_line *lines) {
    for (uint32_t bits = CK_AFFINE_MOST_FRACTION_BITS; bits >= CK_AFFINE_FEWEST_FRACTION_BITS; bits--) {
        size_t lane = 0;
        while (lane < CK_BLOCK_CHANNELS && find_channel(common, block, lane, bits, &lines[lane])) lane++;
        block->fraction_bits = bits;
        if (lane == CK_BLOCK_CHANNELS) return true;
    }
    return false;
}

static bool find_wide_form(const ck_affine_common *common, ck_affine_block *block, const ck_affine_line *lines) {
    for (size_t lane = 0; lane < CK_BLOCK_CHANNELS; lane++)
        if (!ck_affine_find_wide(common, block, lane, &lines[lane], &block->wide_form)) return false;
    return true;
}

static void find_form(const ck_affine_common *common, ck_affine_block *block) {
    ck_affine_line lines[CK_BLOCK_CHANNELS];
    for (size_t lane = 0; lane < CK_BLOCK_CHANNELS; lane++)
        for (int32_t value = INT8_MIN; value <= INT8_MAX; value++)
            lines[lane].bytes[value - INT8_MIN] = ck_affine_one(common, block, lane, (int8_t)value);
    block->form = find_short_form(common, block, lines)  ? CK_AFFINE_SHORT
                  : find_wide_form(common, block, lines) ? CK_AFFINE_WIDE
                                                         : CK_AFFINE_BY_DEFINITION;
}

size_t ck_affine_packed_bytes(size_t channels) {
    return sizeof(ck_affine) + ck_blocks(channels) * sizeof(ck_affine_block);
}

void ck_affine_pack(size_t channels, int32_t input_zero_point, const float *multipliers, const float *offsets,
                    const ck_output_range *range, void *packed) {
    ck_affine *lines = packed;
    memset(packed, 0, ck_affine_packed_bytes(channels));
    lines->common = (ck_affine_common){*range, input_zero_point};
    for (size_t channel = 0; channel < channels; channel++) {
        ck_affine_block *block = &lines->blocks[channel / CK_BLOCK_CHANNELS];
        block->multipliers[channel % CK_BLOCK_CHANNELS] = multipliers[channel];
        block->offsets[channel % CK_BLOCK_CHANNELS] = offsets[channel];
    }
    for (size_t block = 0; block < ck_blocks(channels); block++) find_form(&lines->common, &lines->blocks[block]);
}
