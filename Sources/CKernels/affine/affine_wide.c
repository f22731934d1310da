// The wide form of a line: see affine_i8.h.

#include "affine_i8.h"

#include <stdbool.h>

enum { ONE = 1 << CK_AFFINE_WIDE_FRACTION_BITS, FRACTIONS = 1 << 16, FAR = 1000000 };

/// Where a constant may lie so that the line rounds as the definition does.
typedef struct {
    double low, high;
} interval;

static interval constants_of(double multiplier, const ck_output_range *range, const ck_affine_line *expected) {
    interval all = {-FAR, FAR};
    for (int32_t value = INT8_MIN; value <= INT8_MAX; value++) {
        const int32_t result = expected->bytes[value - INT8_MIN];
        const double at_zero = result - value * multiplier;
        // At an end of the range anything beyond will do.
        if (result > range->minimum && at_zero - 0.5 > all.low) all.low = at_zero - 0.5;
        if (result < range->maximum && at_zero + 0.5 < all.high) all.high = at_zero + 0.5;
    }
    return all;
}

/// What the instructions TBL, SQDMULH, UZP2, SQADD, SQRSHRN, SMAX and SMIN make of a byte.
static int32_t wide_form(int32_t value, int32_t factor, int32_t constant, int32_t fraction,
                         const ck_output_range *range) {
    const int64_t argument = (int64_t)value * (1 << 24) + (int64_t)fraction * (1 << 8);
    const int32_t product = (int32_t)((argument * factor) >> 47);
    const int32_t sum = ck_affine_limited(product + constant, INT16_MIN, INT16_MAX);
    const int32_t rounded = (sum + ONE / 2) >> CK_AFFINE_WIDE_FRACTION_BITS;
    return ck_affine_limited(ck_affine_limited(rounded, INT8_MIN, INT8_MAX), range->minimum, range->maximum);
}

static double nearest(double value) { return (double)(int64_t)(value < 0 ? value - 0.5 : value + 0.5); }

int ck_affine_find_wide(const ck_affine_common *common, const ck_affine_block *block, size_t lane,
                        const ck_affine_line *expected, ck_affine_wide *wide) {
    const double multiplier = block->multipliers[lane], factor = multiplier * ONE * (1 << 23);
    const double exact = block->offsets[lane] - common->input_zero_point * multiplier + common->range.zero_point;
    // Also false for what is not a number.
    if (!(factor > INT32_MIN && factor < INT32_MAX && exact > -FAR && exact < FAR)) return false;
    const interval all = constants_of(multiplier, &common->range, expected);
    // A channel that never leaves an end of the range bounds its constant on one side or on none.
    const double constant = all.low > -FAR && all.high < FAR ? (all.low + all.high) / 2 : exact;
    // The argument's fraction is added, never taken away: what it adds has the multiplier's sign.
    double steps = nearest(constant * ONE);
    if (steps / ONE > constant && multiplier > 0) steps -= 1;
    if (steps / ONE < constant && multiplier < 0) steps += 1;
    if (!(steps >= INT16_MIN && steps <= INT16_MAX)) return false;
    const double rest = multiplier == 0 ? 0 : (constant - steps / ONE) / multiplier * FRACTIONS;
    const int32_t fraction = rest < FRACTIONS - 1 ? (int32_t)(rest + 0.5) : FRACTIONS - 1;
    wide->factors[lane] = (int32_t)nearest(factor);
    wide->constants[lane] = (int16_t)steps;
    wide->fractions[lane] = (uint16_t)fraction;
    for (int32_t value = INT8_MIN; value <= INT8_MAX; value++)
        if (wide_form(value, wide->factors[lane], wide->constants[lane], fraction, &common->range) !=
            expected->bytes[value - INT8_MIN])
            return false;
    return true;
}
