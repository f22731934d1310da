// Four output pixels of eight channels at a time, from a staged band whose padding is the least value there is.

#if defined(__aarch64__)
#include <arm_neon.h>
#include <string.h>

#include "../band.h"
#include "../kernels.h"
#include "maxpool_i8.h"

enum { PAIR = 16, TILE = 32 };

static inline void tile(const ck_band *band, const ck_output_range *range, const int8_t *from, int8_t *output) {
    int8x16_t first = vdupq_n_s8((int8_t)range->minimum), second = first;
    const int8x16_t maximum = vdupq_n_s8((int8_t)range->maximum);
    for (size_t tap = 0; tap < ck_taps(band->window); tap++) {
        const int8_t *place = from + band->offsets[tap];
        first = vmaxq_s8(first, vld1q_s8(place)), second = vmaxq_s8(second, vld1q_s8(place + PAIR));
    }
    vst1q_s8(output, vminq_s8(first, maximum)), vst1q_s8(output + PAIR, vminq_s8(second, maximum));
}

static void row_maxima(const ck_band *band, const ck_output_range *range, const int8_t *from, int8_t *output) {
    const size_t bytes = band->window->output_columns * CK_BLOCK_CHANNELS;
    if (bytes < TILE) {
        int8_t four[TILE];
        tile(band, range, from, four);
        memcpy(output, four, bytes);
        return;
    }
    for (size_t start = 0; start + TILE <= bytes; start += TILE) tile(band, range, from + start, output + start);
    if (bytes % TILE != 0) tile(band, range, from + bytes - TILE, output + bytes - TILE);
}

void ck_maxpool_i8__neon(const ck_maxpool_i8 *a) {
    const ck_window *w = &a->window;
    const ck_span share = ck_share_of_rows(a->channels, w->output_rows, a->part, a->part_count);
    const ck_band band = ck_band_begin(w, INT8_MIN, a->scratch);
    const size_t row_bytes = w->output_columns * CK_BLOCK_CHANNELS;
    size_t rows = 0;
    for (size_t row = share.first; row < share.end; row += rows) {
        const size_t y = row % w->output_rows;
        rows = ck_band_rows(&band, y, share.end - row);
        ck_band_stage(&band, a->input + row / w->output_rows * ck_input_plane(w), y, rows);
        for (size_t index = 0; index < rows; index++)
            row_maxima(&band, &a->range, band.stage + index * ck_band_row_step(&band),
                       a->output + (row + index) * row_bytes);
    }
}
#endif
