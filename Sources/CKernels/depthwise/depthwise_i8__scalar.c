#include "../kernels.h"
#include "../lanes.h"
#include "depthwise_i8.h"

/// Pixels of a row whose sums are in the making at once: where a tap lies is found out once for all of them.
enum { PIXELS = 16 };

/// `padding` is what lies around the image: a block of its zero point.
static void pixels(const ck_depthwise_i8 *a, size_t row, size_t first, size_t count, const int8_t *padding,
                   int8_t *output) {
    const ck_window *w = &a->window;
    const size_t block = row / w->output_rows, y = row % w->output_rows;
    const int8_t *input = a->input + block * ck_input_plane(w);
    const ck_depthwise_block *packed = ck_depthwise_block_at(a, block);
    const uint16_t *order = ck_depthwise_order(packed);
    const int8_t *weights = ck_depthwise_weights(packed, w);
    ck_lanes_i32 sums[PIXELS];
    for (size_t pixel = 0; pixel < count; pixel++)
        memcpy(&sums[pixel], a->bias + block * CK_BLOCK_CHANNELS, sizeof sums[pixel]);
    for (size_t step = 0; step < ck_taps(w); step++, weights += CK_BLOCK_CHANNELS) {
        const size_t tap_row = order[step] / w->kernel_columns, tap_column = order[step] % w->kernel_columns;
        for (size_t pixel = 0; pixel < count; pixel++) {
            const int8_t *values = ck_pixel(w, y, first + pixel, tap_row, tap_column, input, CK_BLOCK_CHANNELS);
            ck_multiply_lanes(&sums[pixel], values != NULL ? values : padding, weights);
        }
    }
    for (size_t pixel = 0; pixel < count; pixel++)
        ck_requantise_lanes(&sums[pixel], a->multipliers + block * CK_BLOCK_CHANNELS, &a->range,
                            output + pixel * CK_BLOCK_CHANNELS);
}

void ck_depthwise_i8__scalar(const ck_depthwise_i8 *a) {
    const size_t columns = a->window.output_columns;
    const ck_span rows = ck_share_of_rows(a->channels, a->window.output_rows, a->part, a->part_count);
    int8_t padding[CK_BLOCK_CHANNELS];
    memset(padding, a->input_zero_point, sizeof padding);
    for (size_t row = rows.first; row < rows.end; row++)
        for (size_t x = 0; x < columns; x += PIXELS)
            pixels(a, row, x, columns - x < PIXELS ? columns - x : PIXELS, padding,
                   a->output + (row * columns + x) * CK_BLOCK_CHANNELS);
}
