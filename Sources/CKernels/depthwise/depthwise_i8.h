// What the depthwise variants share: for each output pixel, one pointer per tap, to the input pixel or to a row of zero
// points where the tap lies in the padding.

#ifndef OUTPOST_DEPTHWISE_I8_H
#define OUTPOST_DEPTHWISE_I8_H

#include <string.h>

#include "../requantise.h"
#include "../window.h"

static inline size_t ck_depthwise_taps(const ck_window *w) { return w->kernel_rows * w->kernel_columns; }

/// The row of zero points, after the tap pointers in the scratch.
static inline const int8_t *ck_depthwise_padding(const ck_depthwise_i8 *a) {
    int8_t *row = (int8_t *)a->scratch + ck_depthwise_taps(&a->window) * sizeof(int8_t *);
    memset(row, a->input_zero_point, a->channels);
    return row;
}

static inline const int8_t **ck_depthwise_gather(const ck_depthwise_i8 *a, const int8_t *padding, size_t y, size_t x) {
    const int8_t **taps = a->scratch;
    size_t tap = 0;
    for (size_t tap_row = 0; tap_row < a->window.kernel_rows; tap_row++)
        for (size_t tap_column = 0; tap_column < a->window.kernel_columns; tap_column++) {
            const int8_t *pixel = ck_pixel(&a->window, y, x, tap_row, tap_column, a->input, a->channels);
            taps[tap++] = pixel != NULL ? pixel : padding;
        }
    return taps;
}

/// Channels first...<channels of one pixel, one at a time.
static inline void ck_depthwise_channels(const ck_depthwise_i8 *a, const int8_t *const *taps, size_t first,
                                         int8_t *output) {
    const size_t tap_count = ck_depthwise_taps(&a->window);
    for (size_t channel = first; channel < a->channels; channel++) {
        int32_t sum = a->bias[channel];
        for (size_t tap = 0; tap < tap_count; tap++)
            sum += (int32_t)taps[tap][channel] * (int32_t)a->weights[tap * a->channels + channel];
        output[channel] = ck_requantise_i8(sum, a->multipliers[channel], &a->range);
    }
}

#endif
