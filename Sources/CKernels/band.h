// A band of rows of one block of channels, staged for a sliding window: the padding is written out and the columns are
// sorted by their place within the stride, so that each tap's values for neighbouring output pixels lie side by side.
//
//   padded column p of a row  ->  phase p % stride, pixel p / stride of that phase
//
// A tap's values then begin at its offset, and those of every further output row ck_band_row_step() later. Rows hold at
// least four output pixels' values for every tap, whatever the image's width.

#ifndef OUTPOST_BAND_H
#define OUTPOST_BAND_H

#include "window.h"

typedef struct {
    const ck_window *window;
    size_t stride_columns;  ///< 1 where there is but one column of output
    size_t phase_bytes;     ///< of one phase of a row
    size_t row_bytes;
    size_t most_rows;  ///< output rows that a band has room for
    int8_t fill;       ///< what the padding holds
    int8_t *stage;
    uint32_t *offsets;  ///< of the taps: where the values for the first row's first pixel begin
} ck_band;

/// Output pixels that kernels compute at once.
enum { CK_BAND_PIXELS = 4 };

/// Bytes of scratch for a band.
size_t ck_band_bytes(const ck_window *window);

/// Lays the band out in scratch, aligned to 16, and fills it.
ck_band ck_band_begin(const ck_window *window, int8_t fill, void *scratch);

/// Stages what output rows first_row..<first_row + rows see of a block's plane; rows <= most_rows.
void ck_band_stage(const ck_band *band, const int8_t *plane, size_t first_row, size_t rows);

/// How many rows from output row `row` on to stage at once, where `left` are left to compute in all blocks.
static inline size_t ck_band_rows(const ck_band *band, size_t row, size_t left) {
    size_t rows = band->window->output_rows - row;
    if (rows > left) rows = left;
    return rows < band->most_rows ? rows : band->most_rows;
}

static inline size_t ck_band_row_step(const ck_band *band) { return band->window->stride_rows * band->row_bytes; }

#endif
