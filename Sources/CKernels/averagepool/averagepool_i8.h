// What the average-pool variants share.

#ifndef OUTPOST_AVERAGEPOOL_I8_H
#define OUTPOST_AVERAGEPOOL_I8_H

#include "../requantise.h"
#include "../window.h"

/// What a sum is multiplied with when `inside` places of the window lie in the image.
static inline float ck_averagepool_multiplier(const ck_averagepool_i8 *a, size_t inside) {
    const size_t count = a->count_padding ? a->window.kernel_rows * a->window.kernel_columns : inside;
    return a->multiplier / (float)count;
}

#endif
