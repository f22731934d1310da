// How a step is cut into parts for threads.

#ifndef OUTPOST_PART_H
#define OUTPOST_PART_H

#include <stddef.h>

typedef struct {
    size_t first, end;
} ck_part;

/// Part `index` of `count` parts of 0..<total, sizes differing by at most one.
static inline ck_part ck_part_of(size_t total, size_t index, size_t count) {
    const size_t size = total / count, larger = total % count;
    const size_t first = index * size + (index < larger ? index : larger);
    return (ck_part){first, first + size + (index < larger)};
}

static inline size_t ck_smaller(size_t a, size_t b) { return a < b ? a : b; }

#endif
