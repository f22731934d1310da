// Where a sliding window meets the image.

#ifndef OUTPOST_WINDOW_H
#define OUTPOST_WINDOW_H

#include <stdbool.h>

#include "ckernels.h"

/// The image coordinate of one tap along one axis; false where it lies in the padding.
static inline bool ck_tap(size_t output, size_t stride, size_t tap, size_t dilation, size_t pad, size_t extent,
                          size_t *coordinate) {
    const size_t padded = output * stride + tap * dilation;
    *coordinate = padded - pad;
    return padded >= pad && *coordinate < extent;
}

/// The input pixel under a tap of the window at output (y, x), or NULL in the padding.
static inline const int8_t *ck_pixel(const ck_window *w, size_t y, size_t x, size_t tap_row, size_t tap_column,
                                     const int8_t *input, size_t pixel_stride) {
    size_t row, column;
    if (!ck_tap(y, w->stride_rows, tap_row, w->dilation_rows, w->pad_top, w->input_rows, &row)) return NULL;
    if (!ck_tap(x, w->stride_columns, tap_column, w->dilation_columns, w->pad_left, w->input_columns, &column))
        return NULL;
    return input + (row * w->input_columns + column) * pixel_stride;
}

#endif
