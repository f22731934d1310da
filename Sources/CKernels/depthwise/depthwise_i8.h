// What the depthwise variants share: the order of the packed weights.
//
// Products of two bytes fit 16 bits, and so do sums of as many as have weights whose magnitudes add up to 255 at most:
// 128 * 255 < 2^15. Packing looks for an order in which taps that follow each other may share such a sum, first as many
// threes as there can be, then twos, in all eight channels of a block: widening to 32 bits, the dearest part of the
// work, is then done once for each group.

#ifndef OUTPOST_DEPTHWISE_I8_H
#define OUTPOST_DEPTHWISE_I8_H

#include "../requantise.h"
#include "../share.h"
#include "../window.h"

enum { CK_DEPTHWISE_GROUP_MAGNITUDE = 255 };

/// The packed weights of one block of channels begin with this; then come the order, uint16_t[capacity], and the
/// weights in that order, [capacity][8].
typedef struct {
    int32_t magnitudes[CK_BLOCK_CHANNELS];  ///< the largest magnitude of the sum without bias
    uint32_t threes, twos, ones;            ///< groups of so many taps, in this order
    uint32_t reserved;
} ck_depthwise_block;

static inline size_t ck_depthwise_capacity(const ck_window *w) { return (ck_taps(w) + 7) / 8 * 8; }

static inline size_t ck_depthwise_block_bytes(const ck_window *w) {
    return sizeof(ck_depthwise_block) + ck_depthwise_capacity(w) * (sizeof(uint16_t) + CK_BLOCK_CHANNELS);
}

static inline const ck_depthwise_block *ck_depthwise_block_at(const ck_depthwise_i8 *a, size_t block) {
    return (const void *)((const int8_t *)a->weights + block * ck_depthwise_block_bytes(&a->window));
}

/// Which tap each step multiplies.
static inline const uint16_t *ck_depthwise_order(const ck_depthwise_block *block) { return (const void *)(block + 1); }

static inline const int8_t *ck_depthwise_weights(const ck_depthwise_block *block, const ck_window *w) {
    return (const int8_t *)(ck_depthwise_order(block) + ck_depthwise_capacity(w));
}

#endif
