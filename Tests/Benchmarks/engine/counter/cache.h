// A model of a data cache: lines of 64 bytes, sets of ways, the least recently used line gives way. There is no
// prefetch and no other master, so its misses are those that locality alone decides.
#pragma once

#include <stdint.h>
#include <stdlib.h>

enum { LINE_BITS = 6 };

typedef struct {
    uint64_t *lines;   // of each set, the most recently used first; 0 is empty
    uint32_t sets, ways;
    uint64_t misses;
} cache;

/// `bytes` and `ways` powers of two.
static inline cache cache_make(uint32_t bytes, uint32_t ways) {
    const uint32_t sets = (bytes >> LINE_BITS) / ways;
    return (cache){calloc((size_t)sets * ways, sizeof(uint64_t)), sets, ways, 0};
}

/// Whether the line was there. It is now.
static inline int cache_touch(cache *c, uint64_t line) {
    uint64_t *const set = c->lines + (line & (c->sets - 1)) * c->ways, name = line + 1;
    uint32_t place = 0;
    while (place < c->ways - 1 && set[place] != name) place++;
    const int hit = set[place] == name;
    for (; place > 0; place--) set[place] = set[place - 1];
    set[0] = name;
    c->misses += !hit;
    return hit;
}
