#include "../kernels.h"
#include "maxpool_i8.h"

static void pixel(const ck_maxpool_i8 *a, const int8_t *block, size_t y, size_t x, int8_t *output) {
    const ck_window *w = &a->window;
    for (size_t lane = 0; lane < CK_BLOCK_CHANNELS; lane++) {
        int8_t largest = INT8_MIN;
        for (size_t tap = 0; tap < ck_taps(w); tap++) {
            const int8_t *place = ck_block_pixel(w, y, x, tap, block);
            if (place != NULL && place[lane] > largest) largest = place[lane];
        }
        output[lane] = ck_clamp_i8(largest, &a->range);
    }
}

void ck_maxpool_i8__scalar(const ck_maxpool_i8 *a) {
    const ck_window *w = &a->window;
    const ck_span rows = ck_share_of_rows(a->channels, w->output_rows, a->part, a->part_count);
    int8_t *output = a->output + rows.first * w->output_columns * CK_BLOCK_CHANNELS;
    for (size_t row = rows.first; row < rows.end; row++) {
        const int8_t *block = a->input + row / w->output_rows * ck_input_plane(w);
        for (size_t x = 0; x < w->output_columns; x++, output += CK_BLOCK_CHANNELS)
            pixel(a, block, row % w->output_rows, x, output);
    }
}
