// Walking a ck_broadcast.

#ifndef OUTPOST_BROADCAST_H
#define OUTPOST_BROADCAST_H

#include "ckernels.h"
#include "share.h"

static inline size_t ck_broadcast_count(const ck_broadcast *shape) {
    return shape->outer * shape->repeat * shape->inner;
}

/// Where b's partner of a's element `index` stands.
static inline size_t ck_broadcast_index(const ck_broadcast *shape, size_t index) {
    return index / (shape->repeat * shape->inner) * shape->inner + index % shape->inner;
}

#endif
