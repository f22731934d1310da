// Packing weights of depthwise convolutions.

#include "depthwise_i8.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../band.h"

/// Windows of more taps are packed as they are.
enum { MOST_TAPS = 64 };
/// Tries at one division into groups, so that packing stays quick whatever the weights.
enum { MOST_TRIES = 4000 };

typedef struct {
    size_t count;  ///< of taps
    uint8_t magnitudes[MOST_TAPS][CK_BLOCK_CHANNELS];
    bool is_taken[MOST_TAPS];
    /// Places of taps in `heaviest_first`, group after group.
    uint8_t order[MOST_TAPS];
    uint16_t heaviest_first[MOST_TAPS];
    size_t threes;
    size_t tries;
} division;

/// The group that place `place` of the order belongs to: first place and size.
static size_t group_start(const division *d, size_t place) {
    const size_t in_threes = 3 * d->threes;
    return place < in_threes ? place / 3 * 3 : in_threes + (place - in_threes) / 2 * 2;
}

static bool fits(const division *d, size_t first, size_t end) {
    for (size_t lane = 0; lane < CK_BLOCK_CHANNELS; lane++) {
        uint32_t sum = 0;
        for (size_t place = first; place < end; place++) sum += d->magnitudes[d->order[place]][lane];
        if (sum > CK_DEPTHWISE_GROUP_MAGNITUDE) return false;
    }
    return true;
}

/// Fills the order from `place` on; goes back and tries another tap where the rest cannot be divided.
static bool divide(division *d, size_t place) {
    if (place == d->count) return true;
    const size_t start = group_start(d, place);
    // Members stand in ascending order, and so do the first members of groups of one size.
    size_t least = 0;
    if (place > start)
        least = (size_t)d->order[place - 1] + 1;
    else if (place >= 3 && place <= 3 * d->threes - 3)
        least = (size_t)d->order[place - 3] + 1;
    else if (place > 3 * d->threes)
        least = (size_t)d->order[place - 2] + 1;
    for (size_t tap = least; tap < d->count; tap++) {
        if (d->is_taken[tap]) continue;
        if (d->tries == 0) return false;
        d->tries--;
        d->order[place] = (uint8_t)tap;
        if (!fits(d, start, place + 1)) continue;
        d->is_taken[tap] = true;
        if (divide(d, place + 1)) return true;
        d->is_taken[tap] = false;
    }
    return false;
}

static void sort_heaviest_first(division *d) {
    uint32_t weights[MOST_TAPS] = {0};
    uint8_t magnitudes[MOST_TAPS][CK_BLOCK_CHANNELS];
    memcpy(magnitudes, d->magnitudes, sizeof magnitudes);
    for (size_t tap = 0; tap < d->count; tap++) {
        for (size_t lane = 0; lane < CK_BLOCK_CHANNELS; lane++) weights[tap] += magnitudes[tap][lane];
        size_t place = tap;
        for (; place > 0 && weights[d->heaviest_first[place - 1]] < weights[tap]; place--)
            d->heaviest_first[place] = d->heaviest_first[place - 1];
        d->heaviest_first[place] = (uint16_t)tap;
    }
    for (size_t place = 0; place < d->count; place++)
        memcpy(d->magnitudes[place], magnitudes[d->heaviest_first[place]], CK_BLOCK_CHANNELS);
}

/// Divides the taps into the fewest groups that are found; the order is that of `order` afterwards.
static void find_order(division *d, ck_depthwise_block *block, uint16_t *order) {
    sort_heaviest_first(d);
    for (size_t threes = d->count / 3 + 1; threes-- > 0;) {
        // One tap alone costs as much as two together: a remainder of twos is as good as one more three.
        if (threes > 0 && (d->count - 3 * threes) % 2 != 0) continue;
        d->threes = threes, d->tries = MOST_TRIES;
        memset(d->is_taken, 0, sizeof d->is_taken);
        if (!divide(d, 0)) continue;
        block->threes = (uint32_t)threes;
        block->twos = (uint32_t)((d->count - 3 * threes) / 2);
        block->ones = (uint32_t)((d->count - 3 * threes) % 2);
        for (size_t place = 0; place < d->count; place++) order[place] = d->heaviest_first[d->order[place]];
        return;
    }
}

static void pack_block(const ck_window *window, size_t channels, const int8_t *weights, ck_depthwise_block *block) {
    const size_t taps = ck_taps(window);
    uint16_t *order = (uint16_t *)ck_depthwise_order(block);
    int8_t *ordered = (int8_t *)ck_depthwise_weights(block, window);
    division d = {.count = taps};
    for (size_t channel = 0; channel < channels; channel++)
        for (size_t tap = 0; tap < taps; tap++) {
            const int32_t magnitude = abs(weights[channel * taps + tap]);
            block->magnitudes[channel] += magnitude * -INT8_MIN;
            if (taps <= MOST_TAPS) d.magnitudes[tap][channel] = (uint8_t)magnitude;
        }
    block->ones = (uint32_t)taps;
    for (size_t tap = 0; tap < taps; tap++) order[tap] = (uint16_t)tap;
    if (taps <= MOST_TAPS) find_order(&d, block, order);
    for (size_t step = 0; step < taps; step++)
        for (size_t channel = 0; channel < channels; channel++)
            ordered[step * CK_BLOCK_CHANNELS + channel] = weights[channel * taps + order[step]];
}

size_t ck_depthwise_packed_bytes(const ck_window *window, size_t channels) {
    return ck_blocks(channels) * ck_depthwise_block_bytes(window);
}

void ck_depthwise_pack(const ck_window *window, size_t channels, const int8_t *weights, void *packed) {
    memset(packed, 0, ck_depthwise_packed_bytes(window, channels));
    for (size_t first = 0; first < channels; first += CK_BLOCK_CHANNELS) {
        const size_t width = channels - first < CK_BLOCK_CHANNELS ? channels - first : CK_BLOCK_CHANNELS;
        void *block = (int8_t *)packed + first / CK_BLOCK_CHANNELS * ck_depthwise_block_bytes(window);
        pack_block(window, width, weights + first * ck_taps(window), block);
    }
}

size_t ck_depthwise_scratch_bytes(const ck_window *window) { return ck_band_bytes(window); }
