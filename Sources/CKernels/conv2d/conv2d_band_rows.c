#include <string.h>

#include "conv2d_band.h"

static void fill_row(const ck_conv2d_i8 *c, const int8_t *source, size_t columns, int8_t *row) {
    const ck_window *w = &c->shape.window;
    const size_t left = ck_smaller(w->pad_left, columns);
    const size_t inside = ck_smaller(w->input_columns, columns - left);
    memset(row, c->input_zero_point, left);
    memcpy(row + left, source, inside);
    memset(row + left + inside, c->input_zero_point, columns - left - inside);
}

void ck_conv2d_band_fill_rows(const ck_conv2d_i8 *c, const ck_conv2d_band *band) {
    const ck_window *w = &c->shape.window;
    int8_t *row = band->start;
    for (size_t channel = 0; channel < c->shape.input_channels; channel++)
        for (size_t index = 0; index < band->rows; index++, row += band->columns) {
            const size_t padded = band->first_row * w->stride_rows + index, y = padded - w->pad_top;
            if (padded < w->pad_top || y >= w->input_rows)
                memset(row, c->input_zero_point, band->columns);
            else
                fill_row(c, c->input + (channel * w->input_rows + y) * w->input_columns, band->columns, row);
        }
}

// The functions below are inlined with a tile's width known, so that its pixels' addresses stay in registers.
#define INLINE static inline __attribute__((always_inline))

// A tile's pixels, each by where its window's first tap lies in the band; pixels past the last repeat it.
typedef struct {
    const int8_t *pixels[CK_MATRIX_MOST_PIXELS];
} places;

INLINE places places_of(const ck_window *w, const ck_conv2d_band *band, size_t first, size_t count, size_t width) {
    places result = {{0}};
    size_t row = first / w->output_columns - band->first_row, column = first % w->output_columns;
#pragma GCC unroll 12
    for (size_t pixel = 0; pixel < width; pixel++) {
        result.pixels[pixel] = band->start + row * w->stride_rows * band->columns + column * w->stride_columns;
        if (pixel + 1 >= count) continue;
        if (++column == w->output_columns) column = 0, row++;
    }
    return result;
}

INLINE void copy_words(const places *from, size_t offset, size_t width, size_t bytes, int8_t *to) {
#pragma GCC unroll 12
    for (size_t pixel = 0; pixel < width; pixel++)
        memcpy(to + pixel * CK_MATRIX_DEPTH, from->pixels[pixel] + offset, bytes);
}

/// One run of every pixel, to where it lies in the depth.
INLINE void copy_run(const places *from, size_t offset, size_t width, size_t bytes, size_t depth, int8_t *staged) {
    const size_t block_bytes = width * CK_MATRIX_DEPTH;
    int8_t *to = staged + depth / CK_MATRIX_DEPTH * block_bytes + depth % CK_MATRIX_DEPTH;
    switch (bytes) {
    case 1: copy_words(from, offset, width, 1, to); break;
    case 2: copy_words(from, offset, width, 2, to); break;
    case 4: copy_words(from, offset, width, 4, to); break;
    default:
        for (size_t done = 0; done < bytes; done += CK_MATRIX_DEPTH, to += block_bytes)
            copy_words(from, offset + done, width, CK_MATRIX_DEPTH, to);
    }
}

INLINE void stage_runs(const ck_conv2d_shape *s, const ck_conv2d_band *band, size_t first, size_t count, size_t width,
                       int8_t *staged) {
    const ck_window *w = &s->window;
    const ck_patch patch = ck_patch_of(s);
    const places from = places_of(w, band, first, count, width);
    memset(staged + (patch.depth_blocks - 1) * width * CK_MATRIX_DEPTH, 0, width * CK_MATRIX_DEPTH);
    const size_t runs_in_row = w->kernel_columns / ck_patch_run_columns(w);
    const size_t row_step = w->dilation_rows * band->columns, column_step = w->dilation_columns;
    const size_t channel_step = band->plane_bytes, tap_rows = w->kernel_rows, channels = s->input_channels;
    size_t depth = 0;
    for (size_t channel = 0; channel < channels; channel++)
        for (size_t tap_row = 0; tap_row < tap_rows; tap_row++)
            for (size_t index = 0; index < runs_in_row; index++, depth += patch.run_bytes) {
                const size_t offset = channel * channel_step + tap_row * row_step + index * column_step;
                copy_run(&from, offset, width, patch.run_bytes, depth, staged);
            }
}

void ck_conv2d_band_stage_rows(const ck_conv2d_shape *s, const ck_conv2d_band *band, size_t first, size_t count,
                               size_t width, int8_t *staged) {
    switch (width) {
    case 4: stage_runs(s, band, first, count, 4, staged); break;
    case 8: stage_runs(s, band, first, count, 8, staged); break;
    default: stage_runs(s, band, first, count, 12, staged);
    }
}
