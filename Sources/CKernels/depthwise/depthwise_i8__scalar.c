#include "../kernels.h"
#include "depthwise_i8.h"

static void pixel(const ck_depthwise_i8 *a, size_t block, size_t y, size_t x, int8_t *output) {
    const ck_window *w = &a->window;
    const int8_t *input = a->input + block * ck_input_plane(w);
    const ck_depthwise_block *packed = ck_depthwise_block_at(a, block);
    const uint16_t *order = ck_depthwise_order(packed);
    const int8_t *weights = ck_depthwise_weights(packed, w);
    for (size_t lane = 0; lane < CK_BLOCK_CHANNELS; lane++) {
        const size_t channel = block * CK_BLOCK_CHANNELS + lane;
        int32_t sum = a->bias[channel];
        for (size_t step = 0; step < ck_taps(w); step++) {
            const int8_t *place = ck_block_pixel(w, y, x, order[step], input);
            const int32_t value = place != NULL ? place[lane] : a->input_zero_point;
            sum += value * weights[step * CK_BLOCK_CHANNELS + lane];
        }
        output[lane] = ck_requantise_i8(sum, a->multipliers[channel], &a->range);
    }
}

void ck_depthwise_i8__scalar(const ck_depthwise_i8 *a) {
    const ck_window *w = &a->window;
    const ck_span rows = ck_share_of_rows(a->channels, w->output_rows, a->part, a->part_count);
    int8_t *output = a->output + rows.first * w->output_columns * CK_BLOCK_CHANNELS;
    for (size_t row = rows.first; row < rows.end; row++)
        for (size_t x = 0; x < w->output_columns; x++, output += CK_BLOCK_CHANNELS)
            pixel(a, row / w->output_rows, row % w->output_rows, x, output);
}
