// Convolution over the matrix kernel. A chunk of tiles is staged, then multiplied with every block of output channels.
//
// A 1 x 1 convolution of stride 1 reads its tiles in place. The last tile, where it is not full, is moved back over
// pixels computed before; its surplus is computed but not stored.

#include <string.h>

#include "../matrix/part.h"
#include "stage.h"

enum {
    // Small weights stay in the second-level cache while chunks that leave room in the first level (32 KB and more) pass
    // by.
    NEAR_CHUNK_BYTES = 16 << 10,
    // Weights beyond this would fall out of the second level (512 KB and more) from one chunk to the next. They are
    // read once for each chunk, so chunks are as large as that level allows.
    NEAR_WEIGHT_BYTES = 256 << 10,
    FAR_CHUNK_BYTES = 256 << 10,
    // Image planes at a multiple of this distance share the sets of a first-level cache.
    CACHE_SET_PERIOD = 2 << 10,
    MOST_TILE_BYTES = CK_MATRIX_MOST_PIXELS * CK_MATRIX_COLUMNS,
};

typedef struct {
    size_t pixels, depth_blocks, column_blocks;
    size_t tile_pixels, tile_bytes;  ///< of the widest form, staged
    size_t tiles, chunk_tiles;
    int in_place;
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
    l.tile_bytes = l.depth_blocks * CK_MATRIX_DEPTH * l.tile_pixels;
    l.tiles = (l.pixels + l.tile_pixels - 1) / l.tile_pixels;
    l.in_place = reads_in_place(s) && l.pixels >= l.tile_pixels;
    const size_t weight_bytes = l.depth_blocks * l.column_blocks * CK_MATRIX_BLOCK_BYTES;
    const size_t chunk_bytes = weight_bytes > NEAR_WEIGHT_BYTES ? FAR_CHUNK_BYTES : NEAR_CHUNK_BYTES;
    l.chunk_tiles = ck_smaller(chunk_bytes / l.tile_bytes, l.tiles);
    if (l.chunk_tiles == 0) l.chunk_tiles = 1;
    return l;
}

/// The most bytes of padded rows under any chunk.
static size_t band_bytes(const ck_conv2d_shape *s, const layout *l) {
    if (s->input_is_blocked) return 0;
    const size_t chunk_pixels = l->chunk_tiles * l->tile_pixels;
    // Pixels that begin anywhere in a row touch one row more.
    const size_t rows = ck_smaller(chunk_pixels / s->window.output_columns + 2, s->window.output_rows);
    const ck_band band = ck_band_of(s, 0, rows - 1);
    return s->input_channels * band.rows * band.pitch;
}

static size_t staged_bytes(const layout *l) { return l->in_place ? 0 : l->chunk_tiles * l->tile_bytes; }

size_t ck_conv2d_i8_scratch_bytes(const ck_conv2d_shape *s, const ck_matrix *matrix) {
    const layout l = layout_of(s, matrix);
    return staged_bytes(&l) + band_bytes(s, &l);
}

// A chunk: `tiles` full tiles, then perhaps a narrower one of which `rest` pixels count.
typedef struct {
    size_t first_pixel, full_tiles, rest;
    ck_matrix_form rest_form;
    const int8_t *full_input, *rest_input;
    size_t full_block_stride, rest_block_stride, tile_stride;
} chunk;

static void stage(const ck_conv2d_i8 *c, const layout *l, chunk *k) {
    int8_t *staged = c->scratch;
    const size_t first = k->first_pixel, rest_first = first + k->full_tiles * l->tile_pixels;
    ck_band band = {0};
    if (!c->shape.input_is_blocked) {
        const size_t end = rest_first + k->rest, columns = c->shape.window.output_columns;
        band = ck_band_of(&c->shape, first / columns, (end - 1) / columns);
        band.bytes = staged + staged_bytes(l);
        ck_band_fill(c, &band);
    }
    k->full_input = staged;
    k->full_block_stride = l->tile_pixels * CK_MATRIX_DEPTH;
    k->tile_stride = l->tile_bytes;
    k->rest_input = staged + k->full_tiles * l->tile_bytes;
    k->rest_block_stride = k->rest_form.pixels * CK_MATRIX_DEPTH;
    for (size_t pixel = first; pixel < rest_first + k->rest; pixel += l->tile_pixels, staged += l->tile_bytes) {
        const int full = pixel < rest_first;
        const size_t count = full ? l->tile_pixels : k->rest, width = full ? l->tile_pixels : k->rest_form.pixels;
        if (c->shape.input_is_blocked)
            ck_stage_blocked(c, pixel, count, width, staged);
        else
            ck_stage_band(c, &band, pixel, count, width, staged);
    }
}

static void point_into_image(const ck_conv2d_i8 *c, const layout *l, chunk *k) {
    const size_t plane = l->pixels * CK_BLOCK_CHANNELS;
    k->full_input = c->input + k->first_pixel * CK_BLOCK_CHANNELS;
    k->full_block_stride = k->rest_block_stride = plane;
    k->tile_stride = l->tile_pixels * CK_BLOCK_CHANNELS;
    // The image is at least one tile wide, and what is left is the image's last pixels.
    k->rest_input = c->input + (l->pixels - k->rest_form.pixels) * CK_BLOCK_CHANNELS;
}

static void multiply(const ck_conv2d_i8 *c, const layout *l, const ck_matrix *matrix, const chunk *k, ck_part columns) {
    for (size_t block = columns.first; block < columns.end; block++) {
        int8_t *output = c->output + (block * l->pixels + k->first_pixel) * CK_BLOCK_CHANNELS;
        ck_matrix_strip strip = {
            .tile_count = k->full_tiles,
            .depth_blocks = l->depth_blocks,
            .input = k->full_input,
            .block_stride = k->full_block_stride,
            .tile_stride = k->tile_stride,
            .weights = (const int8_t *)c->weights + block * l->depth_blocks * CK_MATRIX_BLOCK_BYTES,
            .bias = c->bias + block * CK_MATRIX_COLUMNS,
            .multipliers = c->multipliers + block * CK_MATRIX_COLUMNS,
            .range = c->range,
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

void ck_conv2d_i8_over(const ck_conv2d_i8 *c, const ck_matrix *matrix) {
    const layout l = layout_of(&c->shape, matrix);
    // Parts take pixels, unless those are few: then they take channels, and each stages all pixels.
    const int cut_columns = l.tiles < l.column_blocks;
    const ck_part whole_tiles = {0, l.tiles}, whole_columns = {0, l.column_blocks};
    const ck_part tiles = cut_columns ? whole_tiles : ck_part_of(l.tiles, c->part, c->part_count);
    const ck_part columns = cut_columns ? ck_part_of(l.column_blocks, c->part, c->part_count) : whole_columns;
    if (columns.first == columns.end) return;
    for (size_t tile = tiles.first; tile < tiles.end; tile += l.chunk_tiles) {
        const size_t end = ck_smaller(tile + l.chunk_tiles, tiles.end);
        chunk k = {.first_pixel = tile * l.tile_pixels};
        const size_t pixels = ck_smaller(end * l.tile_pixels, l.pixels) - k.first_pixel;
        k.full_tiles = pixels / l.tile_pixels, k.rest = pixels % l.tile_pixels;
        k.rest_form = ck_matrix_form_for(matrix, k.rest);
        if (l.in_place)
            point_into_image(c, &l, &k);
        else
            stage(c, &l, &k);
        multiply(c, &l, matrix, &k, columns);
    }
}
