// What the max-pool variants share: one pixel, channel by channel.

#ifndef OUTPOST_MAXPOOL_I8_H
#define OUTPOST_MAXPOOL_I8_H

#include "../requantise.h"
#include "../window.h"

static inline int8_t ck_clamp_i8(int8_t value, const ck_output_range *range) {
    if (value < range->minimum) return (int8_t)range->minimum;
    return value > range->maximum ? (int8_t)range->maximum : value;
}

/// Channels first...<channels of one pixel, one at a time.
static inline void ck_maxpool_channels(const ck_maxpool_i8 *a, size_t y, size_t x, size_t first, int8_t *output) {
    const ck_window *w = &a->window;
    for (size_t channel = first; channel < a->channels; channel++) {
        int8_t largest = INT8_MIN;
        for (size_t tap_row = 0; tap_row < w->kernel_rows; tap_row++)
            for (size_t tap_column = 0; tap_column < w->kernel_columns; tap_column++) {
                const int8_t *pixel = ck_pixel(w, y, x, tap_row, tap_column, a->input, a->channels);
                if (pixel != NULL && pixel[channel] > largest) largest = pixel[channel];
            }
        output[channel] = ck_clamp_i8(largest, &a->range);
    }
}

#endif
