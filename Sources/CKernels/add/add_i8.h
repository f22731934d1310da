// One sum: see ck_add_i8.

#ifndef OUTPOST_ADD_I8_H
#define OUTPOST_ADD_I8_H

#include "../broadcast.h"
#include "../requantise.h"

enum { CK_ADD_MOST_BITS = 16, CK_ADD_FEWEST_BITS = 13 };

/// The multipliers in 16 bits.
typedef struct {
    int32_t a, b;
    uint32_t bits;  ///< after the point; 0 where the sum is one of float32
} ck_add_factors;

static inline float ck_add_magnitude(float value) { return value < 0 ? -value : value; }

static inline int32_t ck_add_nearest(float value) { return (int32_t)(value < 0 ? value - 0.5f : value + 0.5f); }

static inline ck_add_factors ck_add_factors_of(const ck_add_i8 *arguments) {
    const float a = arguments->a_multiplier, b = arguments->b_multiplier;
    ck_add_factors factors = {0, 0, 0};
    for (uint32_t bits = CK_ADD_MOST_BITS; bits >= CK_ADD_FEWEST_BITS; bits--) {
        // Products with a power of two are exact.
        const float one = (float)(1 << bits), scaled_a = a * one, scaled_b = b * one;
        if (!(ck_add_magnitude(scaled_a) <= INT16_MAX && ck_add_magnitude(scaled_b) <= INT16_MAX)) continue;
        const int32_t nearest_a = ck_add_nearest(scaled_a), nearest_b = ck_add_nearest(scaled_b);
        if ((float)nearest_a == scaled_a && (float)nearest_b == scaled_b) return factors;
        return (ck_add_factors){nearest_a, nearest_b, bits};
    }
    return factors;
}

static inline int8_t ck_add_one_i8(const ck_add_i8 *arguments, const ck_add_factors *factors, int8_t left,
                                   int8_t right) {
    const int32_t a = left - arguments->a_zero_point, b = right - arguments->b_zero_point;
    const ck_output_range *range = &arguments->range;
    if (factors->bits == 0) {
        const float first = (float)a * arguments->a_multiplier, second = (float)b * arguments->b_multiplier;
        const float sum = first + second;
        return ck_round_to_i8(sum, range);
    }
    const int32_t sum = a * factors->a + b * factors->b;
    const int32_t rounded = (sum + (1 << (factors->bits - 1))) >> factors->bits;
    const int32_t value = rounded + range->zero_point;
    return (int8_t)(value < range->minimum ? range->minimum : value > range->maximum ? range->maximum : value);
}

#endif
