// Four output pixels of eight channels at a time, from a staged band whose padding is the least value there is.

#if defined(__aarch64__)
#include <arm_neon.h>
#include <string.h>

#include "../band.h"
#include "../kernels.h"
#include "maxpool_i8.h"

enum { PAIR = 16, TILE = 32 };

#define INLINE static inline __attribute__((always_inline))

INLINE void tile(const uint32_t *offsets, size_t taps, const ck_output_range *range, const int8_t *from,
                 int8_t *output) {
    int8x16_t first = vdupq_n_s8((int8_t)range->minimum), second = first;
    const int8x16_t maximum = vdupq_n_s8((int8_t)range->maximum);
#pragma GCC unroll 9
    for (size_t tap = 0; tap < taps; tap++) {
        const int8_t *place = from + offsets[tap];
        first = vmaxq_s8(first, vld1q_s8(place)), second = vmaxq_s8(second, vld1q_s8(place + PAIR));
    }
    vst1q_s8(output, vminq_s8(first, maximum)), vst1q_s8(output + PAIR, vminq_s8(second, maximum));
}

INLINE void row_maxima(const uint32_t *offsets, size_t taps, const ck_output_range *range, const int8_t *from,
                       size_t bytes, int8_t *output) {
    if (bytes < TILE) {
        int8_t four[TILE];
        tile(offsets, taps, range, from, four);
        memcpy(output, four, bytes);
        return;
    }
    for (size_t start = 0; start + TILE <= bytes; start += TILE)
        tile(offsets, taps, range, from + start, output + start);
    if (bytes % TILE != 0) tile(offsets, taps, range, from + bytes - TILE, output + bytes - TILE);
}

static void rows_maxima(const ck_band *band, const ck_output_range *range, size_t rows, int8_t *output) {
    const size_t bytes = band->window->output_columns * CK_BLOCK_CHANNELS, taps = ck_taps(band->window);
    // Nine offsets, the usual number, stay in registers: what is stored cannot change a copy of them.
    uint32_t nine[9];
    if (taps == 9) memcpy(nine, band->offsets, sizeof nine);
    const int8_t *from = band->stage;
    for (; rows > 0; rows--, from += ck_band_row_step(band), output += bytes) {
        if (taps == 9)
            row_maxima(nine, 9, range, from, bytes, output);
        else
            row_maxima(band->offsets, taps, range, from, bytes, output);
    }
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
        rows_maxima(&band, &a->range, rows, a->output + row * row_bytes);
    }
}
#endif
