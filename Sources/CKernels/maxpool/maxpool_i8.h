// What the max-pool variants share.

#ifndef OUTPOST_MAXPOOL_I8_H
#define OUTPOST_MAXPOOL_I8_H

#include "../share.h"
#include "../requantise.h"
#include "../window.h"

static inline int8_t ck_clamp_i8(int8_t value, const ck_output_range *range) {
    if (value < range->minimum) return (int8_t)range->minimum;
    return value > range->maximum ? (int8_t)range->maximum : value;
}

#endif
