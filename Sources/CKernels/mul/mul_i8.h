#ifndef OUTPOST_MUL_I8_H
#define OUTPOST_MUL_I8_H

#include "../broadcast.h"
#include "../requantise.h"

static inline int8_t ck_mul_one_i8(const ck_mul_i8 *arguments, int8_t left, int8_t right) {
    const int32_t product = (left - arguments->a_zero_point) * (right - arguments->b_zero_point);
    return ck_requantise_i8(product, arguments->multiplier, &arguments->range);
}

#endif
