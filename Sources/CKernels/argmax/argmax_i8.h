// What the variants share: one line, and a call's share of them.

#ifndef OUTPOST_ARGMAX_I8_H
#define OUTPOST_ARGMAX_I8_H

#include "../share.h"
#include "ckernels.h"

/// Results that fill a cache line.
enum { CK_ARGMAX_GRANULE = 8 };

static inline ck_span ck_argmax_share(const ck_argmax_i8 *a) {
    return ck_share(a->outer * a->inner, CK_ARGMAX_GRANULE, a->part, a->part_count);
}

static inline int64_t ck_argmax_one(const ck_argmax_i8 *a, size_t index) {
    const int8_t *line = a->input + index / a->inner * a->length * a->inner + index % a->inner;
    size_t place = 0;
    for (size_t candidate = 1; candidate < a->length; candidate++) {
        const int8_t value = line[candidate * a->inner], largest = line[place * a->inner];
        if (value > largest || (a->last && value == largest)) place = candidate;
    }
    return (int64_t)place;
}

#endif
