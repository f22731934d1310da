#include <string.h>

#include "stage.h"

ck_band ck_band_of(const ck_conv2d_shape *s, size_t first_row, size_t last_row) {
    const ck_window *w = &s->window;
    // A run's surplus bytes meet zero weights, but they are read.
    const size_t run_surplus = ck_patch_of(s).run_bytes - ck_patch_run_columns(w);
    return (ck_band){
        .first_row = first_row,
        .rows = (last_row - first_row) * w->stride_rows + (w->kernel_rows - 1) * w->dilation_rows + 1,
        .pitch = (w->output_columns - 1) * w->stride_columns + (w->kernel_columns - 1) * w->dilation_columns + 1 +
                 run_surplus,
    };
}

static void fill_row(const ck_conv2d_i8 *c, const int8_t *source, size_t pitch, int8_t *row) {
    const ck_window *w = &c->shape.window;
    const size_t left = w->pad_left < pitch ? w->pad_left : pitch;
    const size_t inside = w->input_columns < pitch - left ? w->input_columns : pitch - left;
    memset(row, c->input_zero_point, left);
    memcpy(row + left, source, inside);
    memset(row + left + inside, c->input_zero_point, pitch - left - inside);
}

void ck_band_fill(const ck_conv2d_i8 *c, const ck_band *band) {
    const ck_window *w = &c->shape.window;
    int8_t *row = band->bytes;
    for (size_t channel = 0; channel < c->shape.input_channels; channel++)
        for (size_t index = 0; index < band->rows; index++, row += band->pitch) {
            const size_t padded = band->first_row * w->stride_rows + index, y = padded - w->pad_top;
            if (padded < w->pad_top || y >= w->input_rows)
                memset(row, c->input_zero_point, band->pitch);
            else
                fill_row(c, c->input + (channel * w->input_rows + y) * w->input_columns, band->pitch, row);
        }
}

// A tile's pixels, each by the place of its window's first tap in the band.
typedef struct {
    size_t count;
    const int8_t *pixels[CK_MATRIX_MOST_PIXELS];
} places;

static inline void copy_words(const places *from, size_t offset, int8_t *to, size_t bytes) {
    for (size_t pixel = 0; pixel < from->count; pixel++)
        memcpy(to + pixel * CK_MATRIX_DEPTH, from->pixels[pixel] + offset, bytes);
}

/// One run of every pixel, to where it lies in the depth.
static void copy_run(const places *from, size_t offset, size_t bytes, size_t depth, int8_t *staged) {
    const size_t block_bytes = from->count * CK_MATRIX_DEPTH;
    int8_t *to = staged + depth / CK_MATRIX_DEPTH * block_bytes + depth % CK_MATRIX_DEPTH;
    switch (bytes) {
    case 1: copy_words(from, offset, to, 1); break;
    case 2: copy_words(from, offset, to, 2); break;
    case 4: copy_words(from, offset, to, 4); break;
    default:
        for (size_t done = 0; done < bytes; done += CK_MATRIX_DEPTH, to += block_bytes)
            copy_words(from, offset + done, to, CK_MATRIX_DEPTH);
    }
}

void ck_stage_band(const ck_conv2d_i8 *c, const ck_band *band, size_t first, size_t count, size_t tile_pixels,
                   int8_t *staged) {
    const ck_window *w = &c->shape.window;
    const ck_patch patch = ck_patch_of(&c->shape);
    places from = {.count = tile_pixels};
    for (size_t pixel = 0; pixel < tile_pixels; pixel++) {
        // Surplus pixels repeat the last.
        const size_t output = first + (pixel < count ? pixel : count - 1);
        const size_t row = (output / w->output_columns - band->first_row) * w->stride_rows;
        from.pixels[pixel] = band->bytes + row * band->pitch + output % w->output_columns * w->stride_columns;
    }
    const size_t last_block = (patch.depth_blocks - 1) * tile_pixels * CK_MATRIX_DEPTH;
    memset(staged + last_block, 0, tile_pixels * CK_MATRIX_DEPTH);
    const size_t run_columns = ck_patch_run_columns(w), runs_in_row = w->kernel_columns / run_columns;
    size_t depth = 0;
    for (size_t channel = 0; channel < c->shape.input_channels; channel++)
        for (size_t tap_row = 0; tap_row < w->kernel_rows; tap_row++)
            for (size_t index = 0; index < runs_in_row; index++, depth += patch.run_bytes) {
                const size_t row = channel * band->rows + tap_row * w->dilation_rows;
                copy_run(&from, row * band->pitch + index * w->dilation_columns, patch.run_bytes, depth, staged);
            }
}
