// What the average-pool variants share: how many places of a window count.

#ifndef OUTPOST_AVERAGEPOOL_I8_H
#define OUTPOST_AVERAGEPOOL_I8_H

#include "../share.h"
#include "../requantise.h"
#include "../window.h"

/// Taps along one axis that lie within `low`...<`high` of the padded image.
static inline size_t ck_taps_within(size_t output, size_t stride, size_t taps, size_t dilation, size_t low,
                                    size_t high) {
    size_t count = 0;
    for (size_t tap = 0; tap < taps; tap++) {
        const size_t place = output * stride + tap * dilation;
        if (place >= low && place < high) count++;
    }
    return count;
}

/// What the sum of the window at output row y, or column x, is divided by: the product of both.
static inline size_t ck_averagepool_rows(const ck_averagepool_i8 *a, size_t y) {
    const ck_window *w = &a->window;
    const size_t low = a->count_padding ? 0 : w->pad_top;
    const size_t high = w->pad_top + w->input_rows + (a->count_padding ? a->pad_bottom : 0);
    return ck_taps_within(y, w->stride_rows, w->kernel_rows, w->dilation_rows, low, high);
}

static inline size_t ck_averagepool_columns(const ck_averagepool_i8 *a, size_t x) {
    const ck_window *w = &a->window;
    const size_t low = a->count_padding ? 0 : w->pad_left;
    const size_t high = w->pad_left + w->input_columns + (a->count_padding ? a->pad_right : 0);
    return ck_taps_within(x, w->stride_columns, w->kernel_columns, w->dilation_columns, low, high);
}

static inline float ck_averagepool_multiplier(const ck_averagepool_i8 *a, size_t rows, size_t columns) {
    return a->multiplier / (float)(rows * columns);
}

/// The global mean.
static inline bool ck_averagepool_covers_image(const ck_window *w) {
    return w->kernel_rows == w->input_rows && w->kernel_columns == w->input_columns && w->dilation_rows == 1 &&
           w->dilation_columns == 1 && w->pad_top == 0 && w->pad_left == 0 && w->output_rows == 1 &&
           w->output_columns == 1;
}

#endif
