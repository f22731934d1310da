#ifndef OUTPOST_RESIZE_LINEAR_I8_H
#define OUTPOST_RESIZE_LINEAR_I8_H

#include "../share.h"
#include "../requantise.h"

/// A value between two others, its three roundings apart.
static inline float ck_between(float first, float second, float weight) {
    const float left = first * (1 - weight);
    const float right = second * weight;
    return left + right;
}

#endif
