#include "../kernels.h"
#include "averagepool_i8.h"

static void pixel(const ck_averagepool_i8 *a, const int8_t *block, size_t y, size_t x, int8_t *output) {
    const ck_window *w = &a->window;
    const float multiplier = ck_averagepool_multiplier(a, ck_averagepool_rows(a, y), ck_averagepool_columns(a, x));
    int32_t sums[CK_BLOCK_CHANNELS] = {0};
    for (size_t tap = 0; tap < ck_taps(w); tap++) {
        const int8_t *values = ck_block_pixel(w, y, x, tap, block);
        if (values == NULL) continue;
        for (size_t lane = 0; lane < CK_BLOCK_CHANNELS; lane++) sums[lane] += values[lane] - a->input_zero_point;
    }
    for (size_t lane = 0; lane < CK_BLOCK_CHANNELS; lane++)
        output[lane] = ck_requantise_i8(sums[lane], multiplier, &a->range);
}

void ck_averagepool_i8__scalar(const ck_averagepool_i8 *a) {
    const ck_window *w = &a->window;
    const ck_span rows = ck_share_of_rows(a->channels, w->output_rows, a->part, a->part_count);
    int8_t *output = a->output + rows.first * w->output_columns * CK_BLOCK_CHANNELS;
    for (size_t row = rows.first; row < rows.end; row++) {
        const int8_t *block = a->input + row / w->output_rows * ck_input_plane(w);
        for (size_t x = 0; x < w->output_columns; x++, output += CK_BLOCK_CHANNELS)
            pixel(a, block, row % w->output_rows, x, output);
    }
}
