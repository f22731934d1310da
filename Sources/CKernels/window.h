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

/// The pixel of a block under a tap of the window at output (y, x), or NULL in the padding. `block` is its plane.
static inline const int8_t *ck_block_pixel(const ck_window *w, size_t y, size_t x, size_t tap, const int8_t *block) {
    return ck_pixel(w, y, x, tap / w->kernel_columns, tap % w->kernel_columns, block, CK_BLOCK_CHANNELS);
}

static inline size_t ck_taps(const ck_window *w) { return w->kernel_rows * w->kernel_columns; }

/// Bytes of one block of channels of the window's input, and of its output.
static inline size_t ck_input_plane(const ck_window *w) { return w->input_rows * w->input_columns * CK_BLOCK_CHANNELS; }

static inline size_t ck_output_plane(const ck_window *w) {
    return w->output_rows * w->output_columns * CK_BLOCK_CHANNELS;
}

#endif
