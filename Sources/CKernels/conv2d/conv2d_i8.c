// Convolution over the matrix kernel: a band of the input is padded, a chunk of its tiles staged, and the chunk
// multiplied with every block of output channels.
//
// Where tiles fill rows well they need no staging: see conv2d_direct.h.
// A 1 x 1 convolution of stride 1 reads its tiles in place. The last tile, where it is not full, is moved back over
// pixels computed before; its surplus is computed but not stored.

#include <string.h>

#include "conv2d_direct.h"

enum {
    // Small weights stay in the second-level cache while chunks pass by that leave room in the first level (32 KB and
    // more).
    NEAR_CHUNK_BYTES = 16 << 10,
    // Weights beyond this would fall out of the second level (512 KB and more) from one chunk to the next. They are
    // read once for each chunk, so chunks are as large as that level allows: a whole 7 x 7 image of 512 channels under
    // a 3 x 3 kernel, 276 KB.
    NEAR_WEIGHT_BYTES = 256 << 10,
    FAR_CHUNK_BYTES = 288 << 10,
    BAND_BYTES = 256 << 10,
    // Image planes at a multiple of this distance share the sets of a first-level cache.
    CACHE_SET_PERIOD = 2 << 10,
    MOST_TILE_BYTES = CK_MATRIX_MOST_PIXELS * CK_MATRIX_COLUMNS,
};

typedef struct {
    size_t pixels, depth_blocks, column_blocks, column_bytes;
    size_t tile_pixels, tile_bytes;  ///< of the widest form, staged
    size_t tiles, chunk_tiles;
    int in_place;
    size_t band_rows;  ///< of output, at most, where not in place
} layout;

static int reads_in_place(const ck_conv2d_shape *s) {
    const ck_window *w = &s->window;
    const size_t plane = w->input_rows * w->input_columns * CK_BLOCK_CHANNELS;
    return s->input_is_blocked && w->kernel_rows == 1 && w->kernel_columns == 1 && w->stride_rows == 1 &&
           w->stride_columns == 1 && w->pad_top == 0 && w->pad_left == 0 && w->output_rows == w->input_rows &&
           w->output_columns == w->input_columns && plane % CACHE_SET_PERIOD != 0;
}

static layout layout_of(const ck_conv2d_shape *s, const ck_matrix *matrix) {
    layout l = {
        .pixels = s->window.output_rows * s->window.output_columns,
        .depth_blocks = ck_patch_of(s).depth_blocks,
        .column_blocks = ck_blocks(s->output_channels),
        .tile_pixels = matrix->forms[0].pixels,
    };
    l.column_bytes = ck_matrix_column_bytes(matrix, l.depth_blocks);
    l.tile_bytes = l.depth_blocks * CK_MATRIX_DEPTH * l.tile_pixels;
    l.tiles = (l.pixels + l.tile_pixels - 1) / l.tile_pixels;
    l.in_place = reads_in_place(s) && l.pixels >= l.tile_pixels;
    const size_t weight_bytes = l.column_blocks * l.column_bytes;
    const size_t chunk_bytes = weight_bytes > NEAR_WEIGHT_BYTES ? FAR_CHUNK_BYTES : NEAR_CHUNK_BYTES;
    l.chunk_tiles = ck_smaller(chunk_bytes / l.tile_bytes, l.tiles);
    if (l.chunk_tiles == 0) l.chunk_tiles = 1;
    // Enough for a tile that begins anywhere in a row.
    const size_t fewest_rows = (l.tile_pixels + s->window.output_columns - 2) / s->window.output_columns + 1;
    if (!l.in_place) l.band_rows = ck_conv2d_band_rows(s, BAND_BYTES, fewest_rows);
    return l;
}

static size_t staged_bytes(const layout *l) { return l->chunk_tiles * l->tile_bytes + CK_CONV2D_BAND_SURPLUS_BYTES; }

size_t ck_conv2d_i8_scratch_bytes(const ck_conv2d_shape *s, const ck_matrix *matrix) {
    if (ck_conv2d_is_direct(s, matrix)) return ck_conv2d_direct_scratch_bytes(s);
    const layout l = layout_of(s, matrix);
    return l.in_place ? 0 : staged_bytes(&l) + ck_conv2d_band_of(s, l.band_rows).bytes;
}

// A chunk of consecutive tiles: full ones, then perhaps a narrower one of which `rest` pixels count.
typedef struct {
    size_t first_pixel, full_tiles, rest;
    ck_matrix_form rest_form;
    const int8_t *full_input, *rest_input;
    size_t full_block_stride, rest_block_stride, tile_stride;
} chunk;

static void stage_tile(const ck_conv2d_shape *s, const ck_conv2d_band *band, size_t first, size_t count, size_t width,
                       int8_t *staged) {
    if (s->input_is_blocked)
        ck_conv2d_band_stage_blocked(s, band, first, count, width, staged);
    else
        ck_conv2d_band_stage_rows(s, band, first, count, width, staged);
}

static void stage(const ck_conv2d_i8 *c, const layout *l, const ck_conv2d_band *band, chunk *k) {
    int8_t *staged = c->scratch;
    k->full_input = staged;
    k->full_block_stride = l->tile_pixels * CK_MATRIX_DEPTH;
    k->tile_stride = l->tile_bytes;
    size_t pixel = k->first_pixel;
    for (size_t tile = 0; tile < k->full_tiles; tile++, pixel += l->tile_pixels, staged += l->tile_bytes)
        stage_tile(&c->shape, band, pixel, l->tile_pixels, l->tile_pixels, staged);
    if (k->rest == 0) return;
    k->rest_input = staged;
    k->rest_block_stride = k->rest_form.pixels * CK_MATRIX_DEPTH;
    stage_tile(&c->shape, band, pixel, k->rest, k->rest_form.pixels, staged);
}

static void point_into_image(const ck_conv2d_i8 *c, const layout *l, chunk *k) {
    k->full_input = c->input + k->first_pixel * CK_BLOCK_CHANNELS;
    k->full_block_stride = k->rest_block_stride = l->pixels * CK_BLOCK_CHANNELS;
    k->tile_stride = l->tile_pixels * CK_BLOCK_CHANNELS;
    // The image is at least one tile wide, and what is left is the image's last pixels.
    k->rest_input = c->input + (l->pixels - k->rest_form.pixels) * CK_BLOCK_CHANNELS;
}

static void multiply(const ck_conv2d_i8 *c, const layout *l, const ck_matrix *matrix, const chunk *k, ck_part columns) {
    for (size_t block = columns.first; block < columns.end; block++) {
        int8_t *output = c->output + (block * l->pixels + k->first_pixel) * CK_BLOCK_CHANNELS;
        ck_matrix_strip strip = {
            .tile_count = k->full_tiles,
            .run_count = 1,
            .depth_blocks = l->depth_blocks,
            .input = k->full_input,
            .block_stride = k->full_block_stride,
            .tile_stride = k->tile_stride,
            .weights = (const int8_t *)c->weights + block * l->column_bytes,
            .bias = c->bias + block * CK_MATRIX_COLUMNS,
            .multipliers = c->multipliers + block * CK_MATRIX_COLUMNS,
            .range = c->range,
            .rounding = ck_matrix_rounding_of(&c->range, c->is_bounded),
            .output = output,
        };
        if (k->full_tiles > 0) matrix->forms[0].run(&strip);
        if (k->rest == 0) continue;
        int8_t rest[MOST_TILE_BYTES];
        strip.tile_count = 1;
        strip.input = k->rest_input;
        strip.block_stride = k->rest_block_stride;
        strip.output = rest;
        k->rest_form.run(&strip);
        const size_t moved_back = l->in_place ? k->rest_form.pixels - k->rest : 0;
        memcpy(output + k->full_tiles * l->tile_pixels * CK_BLOCK_CHANNELS, rest + moved_back * CK_BLOCK_CHANNELS,
               k->rest * CK_BLOCK_CHANNELS);
    }
}

/// Pixels first...<end, chunk by chunk.
static void run_chunks(const ck_conv2d_i8 *c, const layout *l, const ck_matrix *matrix, const ck_conv2d_band *band,
                       ck_part pixels, ck_part columns) {
    const size_t step = l->chunk_tiles * l->tile_pixels;
    for (size_t pixel = pixels.first; pixel < pixels.end; pixel += step) {
        const size_t count = ck_smaller(step, pixels.end - pixel);
        chunk k = {.first_pixel = pixel, .full_tiles = count / l->tile_pixels, .rest = count % l->tile_pixels};
        k.rest_form = ck_matrix_form_for(matrix, k.rest);
        if (band == NULL)
            point_into_image(c, l, &k);
        else
            stage(c, l, band, &k);
        multiply(c, l, matrix, &k, columns);
    }
}

static void run_bands(const ck_conv2d_i8 *c, const layout *l, const ck_matrix *matrix, ck_part pixels,
                      ck_part columns) {
    const size_t width = c->shape.window.output_columns;
    while (pixels.first < pixels.end) {
        const size_t first_row = pixels.first / width, needed_rows = (pixels.end - 1) / width + 1 - first_row;
        const size_t rows = ck_smaller(l->band_rows, needed_rows);
        // Whole tiles, unless the band reaches the end.
        size_t count = (first_row + rows) * width - pixels.first;
        count = count >= pixels.end - pixels.first ? pixels.end - pixels.first : count - count % l->tile_pixels;
        ck_conv2d_band band = ck_conv2d_band_of(&c->shape, rows);
        band.first_row = first_row;
        band.start = (int8_t *)c->scratch + staged_bytes(l);
        if (c->shape.input_is_blocked)
            ck_conv2d_band_fill_blocked(c, &band);
        else
            ck_conv2d_band_fill_rows(c, &band);
        run_chunks(c, l, matrix, &band, (ck_part){pixels.first, pixels.first + count}, columns);
        pixels.first += count;
    }
}

void ck_conv2d_i8_over(const ck_conv2d_i8 *c, const ck_matrix *matrix) {
    if (ck_conv2d_is_direct(&c->shape, matrix)) {
        ck_conv2d_direct(c, matrix);
        return;
    }
    const layout l = layout_of(&c->shape, matrix);
    // Parts take pixels, unless those are few: then they take channels, and each stages all pixels.
    const int cut_columns = l.tiles < l.column_blocks;
    const ck_part whole_tiles = {0, l.tiles}, whole_columns = {0, l.column_blocks};
    const ck_part tiles = cut_columns ? whole_tiles : ck_part_of(l.tiles, c->part, c->part_count);
    const ck_part columns = cut_columns ? ck_part_of(l.column_blocks, c->part, c->part_count) : whole_columns;
    if (columns.first == columns.end) return;
    const ck_part pixels = {tiles.first * l.tile_pixels, ck_smaller(tiles.end * l.tile_pixels, l.pixels)};
    if (l.in_place)
        run_chunks(c, &l, matrix, NULL, pixels, columns);
    else
        run_bands(c, &l, matrix, pixels, columns);
}
