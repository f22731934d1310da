// One sum, its three roundings apart: see ck_add_i8.

#ifndef OUTPOST_ADD_I8_H
#define OUTPOST_ADD_I8_H

#include "../broadcast.h"
#include "../requantise.h"

static inline int8_t ck_add_one_i8(const ck_add_i8 *arguments, int8_t left, int8_t right) {
    const float a = (float)(left - arguments->a_zero_point) * arguments->a_multiplier;
    const float b = (float)(right - arguments->b_zero_point) * arguments->b_multiplier;
    const float sum = a + b;
    return ck_round_to_i8(sum, &arguments->range);
}

#endif
