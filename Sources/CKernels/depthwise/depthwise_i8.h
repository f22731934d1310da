// Packed weights of a depthwise convolution: [blocks][taps][8], surplus channels zero.

#ifndef OUTPOST_DEPTHWISE_I8_H
#define OUTPOST_DEPTHWISE_I8_H

#include "../part.h"
#include "../requantise.h"
#include "../window.h"

static inline size_t ck_depthwise_block_bytes(const ck_window *w) { return ck_taps(w) * CK_BLOCK_CHANNELS; }

#endif
