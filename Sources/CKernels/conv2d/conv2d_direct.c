#include "conv2d_direct.h"

#include <string.h>

enum {
    MOST_TAPS = 49,
    // The band, the image it is copied from, the weights and the output share a second level of 512 KB and more.
    BAND_BYTES = 192 << 10,
    // Weights beyond this would fall out of that level from one row to the next: they are read once for each band.
    NEAR_WEIGHT_BYTES = 256 << 10,
    // Of a row's pixels so many may be computed for one that is not wanted.
    FEWEST_FOR_A_SURPLUS = 16,
};

typedef struct {
    const ck_conv2d_i8 *arguments;
    const ck_matrix *matrix;
    ck_conv2d_band band;
    uint32_t offsets[MOST_TAPS];
    size_t taps, depth_blocks, column_bytes;
    size_t full_tiles, rest;  ///< of a row: tiles of the widest form, and pixels
    ck_matrix_form rest_form;
} state;

int ck_conv2d_is_direct(const ck_conv2d_shape *s, const ck_matrix *matrix) {
    const ck_window *w = &s->window;
    const size_t taps = w->kernel_rows * w->kernel_columns, widest = matrix->forms[0].pixels;
    if (!matrix->takes_runs || !s->input_is_blocked || taps == 1 || taps > MOST_TAPS) return 0;
    if (w->output_columns < widest) return 0;
    const size_t rest = w->output_columns % widest;
    const size_t surplus = rest == 0 ? 0 : ck_matrix_form_for(matrix, rest).pixels - rest;
    return surplus * FEWEST_FOR_A_SURPLUS <= w->output_columns;
}

static size_t band_rows(const ck_conv2d_shape *s) { return ck_conv2d_band_rows(s, BAND_BYTES, 1); }

size_t ck_conv2d_direct_scratch_bytes(const ck_conv2d_shape *s) { return ck_conv2d_band_of(s, band_rows(s)).bytes; }

/// One row of one block of output channels.
static void multiply_row(const state *s, size_t block, size_t y) {
    const ck_conv2d_i8 *c = s->arguments;
    const ck_window *w = &c->shape.window;
    const size_t widest = s->matrix->forms[0].pixels;
    int8_t rest[CK_MATRIX_MOST_PIXELS * CK_MATRIX_COLUMNS];
    ck_matrix_strip strip = {
        .tile_count = s->full_tiles,
        .run_count = s->taps,
        .run_offsets = s->offsets,
        .depth_blocks = s->depth_blocks,
        .input = s->band.start + ck_conv2d_band_pixel(&s->band, y, 0),
        .block_stride = s->band.plane_bytes,
        .tile_stride = widest * CK_MATRIX_DEPTH,
        .weights = (const int8_t *)c->weights + block * s->column_bytes,
        .bias = c->bias + block * CK_MATRIX_COLUMNS,
        .multipliers = c->multipliers + block * CK_MATRIX_COLUMNS,
        .range = c->range,
        .rounding = ck_matrix_rounding_of(&c->range, c->is_bounded),
        .output = c->output + (block * w->output_rows + y) * w->output_columns * CK_BLOCK_CHANNELS,
    };
    s->matrix->forms[0].run(&strip);
    if (s->rest == 0) return;
    int8_t *output = strip.output + s->full_tiles * widest * CK_MATRIX_COLUMNS;
    strip.tile_count = 1;
    strip.input += s->full_tiles * strip.tile_stride;
    strip.output = s->rest == s->rest_form.pixels ? output : rest;
    s->rest_form.run(&strip);
    if (strip.output == rest) memcpy(output, rest, s->rest * CK_BLOCK_CHANNELS);
}

static void run_band(state *s, size_t first_row, size_t rows, ck_part blocks) {
    const ck_conv2d_i8 *c = s->arguments;
    const ck_window *w = &c->shape.window;
    s->band = ck_conv2d_band_of(&c->shape, rows);
    s->band.first_row = first_row;
    s->band.start = c->scratch;
    ck_conv2d_band_fill_blocked(c, &s->band);
    for (size_t tap = 0; tap < s->taps; tap++)
        s->offsets[tap] =
            (uint32_t)ck_conv2d_band_tap(w, &s->band, tap / w->kernel_columns, tap % w->kernel_columns);
    const int is_near = (blocks.end - blocks.first) * s->column_bytes <= NEAR_WEIGHT_BYTES;
    const size_t step = is_near ? 1 : rows, end = first_row + rows;
    for (size_t row = first_row; row < end; row += step)
        for (size_t block = blocks.first; block < blocks.end; block++)
            for (size_t y = row; y < row + step; y++) multiply_row(s, block, y);
}

void ck_conv2d_direct(const ck_conv2d_i8 *c, const ck_matrix *matrix) {
    const ck_window *w = &c->shape.window;
    const size_t widest = matrix->forms[0].pixels, output_blocks = ck_blocks(c->shape.output_channels);
    state s = {.arguments = c, .matrix = matrix, .taps = w->kernel_rows * w->kernel_columns};
    s.depth_blocks = ck_blocks(c->shape.input_channels);
    s.column_bytes = ck_matrix_column_bytes(matrix, s.taps * s.depth_blocks);
    s.full_tiles = w->output_columns / widest, s.rest = w->output_columns % widest;
    s.rest_form = ck_matrix_form_for(matrix, s.rest);
    // Parts take rows, unless those are few: then they take channels, and each fills all bands.
    const int cut_blocks = w->output_rows < c->part_count;
    const ck_part all_rows = {0, w->output_rows}, all_blocks = {0, output_blocks};
    const ck_part rows = cut_blocks ? all_rows : ck_part_of(w->output_rows, c->part, c->part_count);
    const ck_part blocks = cut_blocks ? ck_part_of(output_blocks, c->part, c->part_count) : all_blocks;
    if (blocks.first == blocks.end) return;
    const size_t most_rows = band_rows(&c->shape);
    for (size_t row = rows.first; row < rows.end; row += most_rows)
        run_band(&s, row, ck_smaller(most_rows, rows.end - row), blocks);
}
