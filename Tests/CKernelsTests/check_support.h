// What the cases of the kernel check are built from.

#ifndef OUTPOST_CHECK_SUPPORT_H
#define OUTPOST_CHECK_SUPPORT_H

#include <string.h>

#include "ckernels.h"

// --- Randomness: splitmix64, so that one seed repeats a run anywhere.

/// Begins a case: the same seed and round give the same numbers, and every other round guards the buffers' beginnings
/// in place of their ends.
void begin_case(unsigned seed, unsigned round);
int between(int low, int high);
/// A size below, at, a multiple of or above a tile.
size_t size_around(size_t tile);
/// A count of channels around whole blocks.
size_t random_channels(void);

// --- Buffers against guard pages.

/// A buffer of random bytes that ends, or begins, at an inaccessible page.
void *take(size_t bytes, size_t alignment);
void release_all(void);

int8_t *random_bytes(size_t count, int low, int high);
float *random_multipliers(size_t count, size_t padded, float scale);
int32_t *random_bias(size_t count, size_t padded);
ck_output_range random_range(void);
ck_window random_window(void);

// --- Images in blocks.

size_t whole_blocks(size_t channels);
/// Where channel c of pixel p stands in an image of `pixels` pixels.
size_t blocked_index(size_t pixels, size_t channel, size_t pixel);

// --- The plain formulas.

int8_t expected_round(float scaled, ck_output_range range);
int8_t expected_requantised(int64_t sum, float multiplier, ck_output_range range);
/// The blocked input's byte under a tap, or `outside` in the padding; `inside` counts.
int32_t byte_under(const ck_window *w, size_t y, size_t x, size_t tap, const int8_t *input, size_t channel,
                   int32_t outside, size_t *inside);
int same(const void *found, const void *expected, size_t bytes);

/// Runs a kernel's parts one after the other, their number being random: `call` is the kernel's call with `a.part` set.
#define RUN_PARTS(a, call)                                              \
    do {                                                                \
        (a).part_count = (size_t)(between(0, 1) ? 1 : between(1, 9));   \
        for ((a).part = 0; (a).part < (a).part_count; (a).part++) call; \
    } while (0)

#endif
