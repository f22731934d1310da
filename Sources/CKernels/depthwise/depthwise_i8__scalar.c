#include "../kernels.h"
#include "depthwise_i8.h"

size_t ck_depthwise_scratch_bytes(const ck_window *window, size_t channels) {
    return ck_depthwise_taps(window) * sizeof(int8_t *) + channels;
}

void ck_depthwise_i8__scalar(const ck_depthwise_i8 *a) {
    const int8_t *padding = ck_depthwise_padding(a);
    int8_t *output = a->output;
    for (size_t y = 0; y < a->window.output_rows; y++)
        for (size_t x = 0; x < a->window.output_columns; x++) {
            ck_depthwise_channels(a, ck_depthwise_gather(a, padding, y, x), 0, output);
            output += a->channels;
        }
}
