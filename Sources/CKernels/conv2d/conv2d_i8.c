// Convolution over a tile: four output pixels' patches are gathered side by side and multiplied with all weights while
// they are in the first-level cache. A 1 x 1 convolution whose depth is whole blocks reads the image in place.

#include <string.h>

#include "../ckernels_math.h"
#include "../tile/tile_i8.h"
#include "../window.h"

size_t ck_conv2d_scratch_bytes(ck_tile tile, const ck_window *w, size_t input_channels) {
    return tile.rows * ck_round_up(w->kernel_rows * w->kernel_columns * input_channels, tile.depth);
}

static void gather_patch(const ck_conv2d_i8 *c, size_t y, size_t x, int8_t *patch) {
    const ck_window *w = &c->window;
    for (size_t tap_row = 0; tap_row < w->kernel_rows; tap_row++) {
        for (size_t tap_column = 0; tap_column < w->kernel_columns; tap_column++) {
            const int8_t *pixel = ck_pixel(w, y, x, tap_row, tap_column, c->input, c->input_stride);
            if (pixel != NULL)
                memcpy(patch, pixel, c->input_channels);
            else
                memset(patch, c->input_zero_point, c->input_channels);
            patch += c->input_channels;
        }
    }
}

static int reads_in_place(const ck_conv2d_i8 *c, size_t depth) {
    const ck_window *w = &c->window;
    return w->kernel_rows == 1 && w->kernel_columns == 1 && w->pad_top == 0 && w->pad_left == 0 &&
           depth % CK_TILE_DEPTH == 0 && (w->output_rows - 1) * w->stride_rows < w->input_rows &&
           (w->output_columns - 1) * w->stride_columns < w->input_columns;
}

void ck_conv2d_i8_over(const ck_conv2d_i8 *c, ck_tile_function tile) {
    const ck_window *w = &c->window;
    const size_t depth = w->kernel_rows * w->kernel_columns * c->input_channels;
    const size_t padded_depth = ck_round_up(depth, CK_TILE_DEPTH);
    const size_t pixels = w->output_rows * w->output_columns;
    const int in_place = reads_in_place(c, depth);
    ck_tile_rows rows = {
        .column_count = c->output_channels,
        .depth_blocks = padded_depth / CK_TILE_DEPTH,
        .weights = c->weights,
        .bias = c->bias,
        .multipliers = c->multipliers,
        .range = &c->range,
    };
    // The surplus depth meets zero weights; it is cleared once so that nothing undefined is read.
    if (!in_place)
        for (size_t row = 0; row < CK_TILE_ROWS; row++)
            memset(c->scratch + row * padded_depth + depth, 0, padded_depth - depth);
    for (size_t pixel = 0; pixel < pixels; pixel += CK_TILE_ROWS) {
        rows.row_count = pixels - pixel < CK_TILE_ROWS ? pixels - pixel : CK_TILE_ROWS;
        for (size_t row = 0; row < CK_TILE_ROWS; row++) {
            const size_t present = row < rows.row_count ? row : rows.row_count - 1;
            const size_t y = (pixel + present) / w->output_columns, x = (pixel + present) % w->output_columns;
            rows.outputs[row] = c->output + (pixel + present) * c->output_stride;
            if (in_place) {
                rows.rows[row] = ck_pixel(w, y, x, 0, 0, c->input, c->input_stride);
            } else {
                rows.rows[row] = c->scratch + present * padded_depth;
                if (row == present) gather_patch(c, y, x, c->scratch + present * padded_depth);
            }
        }
        tile(&rows);
    }
}
