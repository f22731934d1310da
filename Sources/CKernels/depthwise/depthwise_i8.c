// Packing and scratch of depthwise convolutions.

#include "depthwise_i8.h"

#include <string.h>

size_t ck_depthwise_packed_bytes(const ck_window *window, size_t channels) {
    return ck_blocks(channels) * ck_depthwise_block_bytes(window);
}

void ck_depthwise_pack(const ck_window *window, size_t channels, const int8_t *weights, void *packed) {
    const size_t taps = ck_taps(window);
    int8_t *bytes = packed;
    memset(bytes, 0, ck_depthwise_packed_bytes(window, channels));
    for (size_t channel = 0; channel < channels; channel++)
        for (size_t tap = 0; tap < taps; tap++) {
            const size_t row = channel / CK_BLOCK_CHANNELS * taps + tap;
            bytes[row * CK_BLOCK_CHANNELS + channel % CK_BLOCK_CHANNELS] = weights[channel * taps + tap];
        }
}

size_t ck_depthwise_scratch_bytes(const ck_window *window) {
    (void)window;
    return 0;
}
