#include <string.h>

#include "../matrix/part.h"
#include "stage.h"

// A stretch of a tile's pixels that one tap finds side by side in the image, or in the padding.
typedef struct {
    size_t count;
    ptrdiff_t source;  ///< bytes from the block's first pixel; negative in the padding
} run;

/// Pixels of the tile that lie in one row of the output.
typedef struct {
    size_t y, x, count;
} segment;

typedef struct {
    size_t count;
    segment segments[CK_MATRIX_MOST_PIXELS];
} segments;

static segments cut_by_rows(const ck_window *w, size_t first, size_t count) {
    segments result = {0};
    size_t y = first / w->output_columns, x = first % w->output_columns;
    while (count > 0) {
        const size_t length = ck_smaller(count, w->output_columns - x);
        result.segments[result.count++] = (segment){y, x, length};
        count -= length;
        x = 0, y++;
    }
    return result;
}

/// How many multiples of `stride`, from 0 on, lie below `limit`.
static size_t multiples_below(ptrdiff_t limit, size_t stride) {
    return limit <= 0 ? 0 : ((size_t)limit + stride - 1) / stride;
}

enum { MOST_RUNS = 3 * CK_MATRIX_MOST_PIXELS + 1 };

static size_t add_run(run *runs, size_t count, run next, size_t step) {
    if (next.count == 0) return count;
    if (count > 0) {
        run *last = &runs[count - 1];
        const int both_padding = last->source < 0 && next.source < 0;
        const int adjacent = last->source >= 0 && next.source == last->source + (ptrdiff_t)(last->count * step);
        if (both_padding || adjacent) {
            last->count += next.count;
            return count;
        }
    }
    runs[count] = next;
    return count + 1;
}

static size_t runs_under_tap(const ck_window *w, const segments *tile, size_t tap_row, size_t tap_column, run *runs) {
    const size_t step = w->stride_columns * CK_BLOCK_CHANNELS;
    const ptrdiff_t shift = (ptrdiff_t)(tap_column * w->dilation_columns) - (ptrdiff_t)w->pad_left;
    const size_t inside_first = multiples_below(-shift, w->stride_columns);
    const size_t inside_end = multiples_below((ptrdiff_t)w->input_columns - shift, w->stride_columns);
    size_t count = 0;
    for (size_t index = 0; index < tile->count; index++) {
        const segment part = tile->segments[index];
        const size_t padded_row = part.y * w->stride_rows + tap_row * w->dilation_rows;
        const size_t row = padded_row - w->pad_top;
        if (padded_row < w->pad_top || row >= w->input_rows) {
            count = add_run(runs, count, (run){part.count, -1}, step);
            continue;
        }
        const size_t end = part.x + part.count;
        const size_t from = part.x > inside_first ? part.x : ck_smaller(inside_first, end);
        const size_t to = inside_end < from ? from : ck_smaller(inside_end, end);
        const ptrdiff_t column = (ptrdiff_t)(from * w->stride_columns) + shift;
        const ptrdiff_t source = ((ptrdiff_t)(row * w->input_columns) + column) * CK_BLOCK_CHANNELS;
        count = add_run(runs, count, (run){from - part.x, -1}, step);
        count = add_run(runs, count, (run){to - from, source}, step);
        count = add_run(runs, count, (run){end - to, -1}, step);
    }
    return count;
}

static void copy_pixels(int8_t *to, const int8_t *from, size_t count, size_t step) {
    for (; count != 0; count--) {
        memcpy(to, from, CK_BLOCK_CHANNELS);
        to += CK_BLOCK_CHANNELS, from += step;
    }
}

static void copy_adjacent(int8_t *to, const int8_t *from, size_t count) {
    enum { PAIR = 2 * CK_BLOCK_CHANNELS };
    for (; count >= 2; count -= 2) {
        memcpy(to, from, PAIR);
        to += PAIR, from += PAIR;
    }
    if (count) memcpy(to, from, CK_BLOCK_CHANNELS);
}

static void stage_runs(const ck_conv2d_i8 *c, const run *runs, size_t count, size_t tile_bytes, int8_t *staged) {
    const size_t plane = c->shape.window.input_rows * c->shape.window.input_columns * CK_BLOCK_CHANNELS;
    const size_t blocks = ck_blocks(c->shape.input_channels);
    const size_t step = c->shape.window.stride_columns * CK_BLOCK_CHANNELS;
    const int adjacent = step == CK_BLOCK_CHANNELS;
    enum { WIDEST = CK_MATRIX_MOST_PIXELS * CK_BLOCK_CHANNELS };
    for (size_t index = 0; index < count; index++) {
        const run r = runs[index];
        const size_t bytes = r.count * CK_BLOCK_CHANNELS;
        const int8_t *source = c->input + r.source;
        int8_t *to = staged;
        for (size_t block = 0; block < blocks; block++, to += tile_bytes, source += plane) {
            if (r.source < 0)
                memset(to, c->input_zero_point, bytes);
            else if (adjacent && bytes == WIDEST)
                memcpy(to, source, WIDEST);
            else if (adjacent)
                copy_adjacent(to, source, r.count);
            else
                copy_pixels(to, source, r.count, step);
        }
        staged += bytes;
    }
}

void ck_stage_blocked(const ck_conv2d_i8 *c, size_t first, size_t count, size_t tile_pixels, int8_t *staged) {
    const ck_window *w = &c->shape.window;
    const segments tile = cut_by_rows(w, first, count);
    const size_t tile_bytes = tile_pixels * CK_BLOCK_CHANNELS;
    run runs[MOST_RUNS];
    for (size_t tap_row = 0; tap_row < w->kernel_rows; tap_row++)
        for (size_t tap_column = 0; tap_column < w->kernel_columns; tap_column++) {
            size_t run_count = runs_under_tap(w, &tile, tap_row, tap_column, runs);
            if (count < tile_pixels) runs[run_count++] = (run){tile_pixels - count, -1};
            stage_runs(c, runs, run_count, tile_bytes, staged);
            staged += ck_blocks(c->shape.input_channels) * tile_bytes;
        }
}
