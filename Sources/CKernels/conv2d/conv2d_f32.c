// Convolution in float32, with the compiler's vectors, which every processor has or is given: tiles of 4 output
// channels x 8 columns where all taps lie within the image's columns, one value at a time elsewhere.

#include <stdbool.h>
#include <string.h>

#include "../window.h"

enum { TILE_CHANNELS = 4, TILE_COLUMNS = 8, LANES = 4 };

#define INLINE static inline __attribute__((always_inline))

typedef float four __attribute__((vector_size(LANES * sizeof(float))));

/// A group's input, of `depth` channels.
typedef struct {
    const ck_window *window;
    size_t depth;
    const float *input;
} group;

static size_t weights_of_channel(const group *g) { return g->depth * ck_taps(g->window); }

static float one(const group *g, const float *weights, size_t y, size_t x) {
    const ck_window *w = g->window;
    float sum = 0;
    for (size_t channel = 0; channel < g->depth; channel++)
        for (size_t tap_row = 0; tap_row < w->kernel_rows; tap_row++) {
            size_t row, column;
            if (!ck_tap(y, w->stride_rows, tap_row, w->dilation_rows, w->pad_top, w->input_rows, &row)) continue;
            for (size_t tap_column = 0; tap_column < w->kernel_columns; tap_column++) {
                if (!ck_tap(x, w->stride_columns, tap_column, w->dilation_columns, w->pad_left, w->input_columns,
                            &column))
                    continue;
                sum += g->input[(channel * w->input_rows + row) * w->input_columns + column] *
                       weights[(channel * w->kernel_rows + tap_row) * w->kernel_columns + tap_column];
            }
        }
    return sum;
}

/// Four values `stride` apart.
INLINE four load(const float *input, size_t stride) {
    four values;
    if (stride == 1)
        memcpy(&values, input, sizeof values);
    else
        values = (four){input[0], input[stride], input[2 * stride], input[3 * stride]};
    return values;
}

/// Eight columns from x on, all of whose taps lie within the image's columns. `stride` is the window's.
INLINE void tile(const group *g, size_t channels, size_t stride, const float *weights, size_t y, size_t x,
                 float output[TILE_CHANNELS][TILE_COLUMNS]) {
    const ck_window *w = g->window;
    const size_t step = weights_of_channel(g);
    four sums[TILE_CHANNELS][2] = {{{0}}};
    for (size_t channel = 0; channel < g->depth; channel++)
        for (size_t tap_row = 0; tap_row < w->kernel_rows; tap_row++) {
            size_t row;
            if (!ck_tap(y, w->stride_rows, tap_row, w->dilation_rows, w->pad_top, w->input_rows, &row)) continue;
            const float *input =
                g->input + (channel * w->input_rows + row) * w->input_columns + (x * stride - w->pad_left);
            const float *taps = weights + (channel * w->kernel_rows + tap_row) * w->kernel_columns;
            for (size_t tap = 0; tap < w->kernel_columns; tap++, input += w->dilation_columns) {
                const four first = load(input, stride), second = load(input + LANES * stride, stride);
                for (size_t output_channel = 0; output_channel < channels; output_channel++) {
                    sums[output_channel][0] += first * taps[output_channel * step + tap];
                    sums[output_channel][1] += second * taps[output_channel * step + tap];
                }
            }
        }
    memcpy(output, sums, channels * TILE_COLUMNS * sizeof(float));
}

static void any_tile(const group *g, size_t channels, const float *weights, size_t y, size_t x,
                     float output[TILE_CHANNELS][TILE_COLUMNS]) {
    const size_t stride = g->window->stride_columns;
    if (channels == TILE_CHANNELS && stride == 1)
        tile(g, TILE_CHANNELS, 1, weights, y, x, output);
    else if (channels == TILE_CHANNELS && stride == 2)
        tile(g, TILE_CHANNELS, 2, weights, y, x, output);
    else if (stride == 1)
        tile(g, channels, 1, weights, y, x, output);
    else
        tile(g, channels, stride, weights, y, x, output);
}

static bool lies_inside(const ck_window *w, size_t x) {
    const size_t last = (x + TILE_COLUMNS - 1) * w->stride_columns + (w->kernel_columns - 1) * w->dilation_columns;
    return x + TILE_COLUMNS <= w->output_columns && x * w->stride_columns >= w->pad_left &&
           last < w->pad_left + w->input_columns;
}

/// Where the tile that begins at column x, or else the last one that covers it, begins; x itself if there is none.
static size_t tile_start(const ck_window *w, size_t x, bool *is_tile) {
    for (size_t back = 0; back < TILE_COLUMNS && back <= x; back++)
        if (lies_inside(w, x - back)) {
            *is_tile = true;
            return x - back;
        }
    *is_tile = false;
    return x;
}

/// One row of up to four channels; rows of channels lie `plane` apart.
static void output_row(const group *g, size_t channels, const float *weights, const float *bias, size_t y, size_t plane,
                       float *output) {
    const size_t columns = g->window->output_columns, step = weights_of_channel(g);
    for (size_t x = 0; x < columns;) {
        bool is_tile;
        const size_t start = tile_start(g->window, x, &is_tile), count = is_tile ? TILE_COLUMNS : 1;
        float sums[TILE_CHANNELS][TILE_COLUMNS];
        if (is_tile) any_tile(g, channels, weights, y, start, sums);
        for (size_t channel = 0; channel < channels; channel++)
            for (size_t column = 0; column < count; column++) {
                const float sum = is_tile ? sums[channel][column] : one(g, weights + channel * step, y, start);
                output[channel * plane + start + column] = sum + (bias ? bias[channel] : 0);
            }
        x = start + count;
    }
}

void ck_conv2d_f32(const ck_window *w, size_t groups, size_t input_channels, size_t output_channels, const float *input,
                   const float *weights, const float *bias, float *output) {
    const size_t width = output_channels / groups, plane = w->output_rows * w->output_columns;
    for (size_t index = 0; index < groups; index++) {
        const size_t depth = input_channels / groups, first = index * width;
        const group g = {w, depth, input + index * depth * w->input_rows * w->input_columns};
        for (size_t channel = first; channel < first + width; channel += TILE_CHANNELS) {
            const size_t left = first + width - channel, channels = left < TILE_CHANNELS ? left : TILE_CHANNELS;
            for (size_t y = 0; y < w->output_rows; y++)
                output_row(&g, channels, weights + channel * weights_of_channel(&g), bias ? bias + channel : NULL, y,
                           plane, output + channel * plane + y * w->output_columns);
        }
    }
}
