#include "band.h"

#include <string.h>

#if defined(__aarch64__)
#include <arm_neon.h>
#endif

/// A band should stay in the first level of cache, of which the smallest have 32 KB.
enum { BAND_BYTES = 20 << 10 };

static ck_band layout(const ck_window *w) {
    ck_band band = {.window = w, .stride_columns = w->output_columns > 1 ? w->stride_columns : 1};
    const size_t columns = w->output_columns > CK_BAND_PIXELS ? w->output_columns : CK_BAND_PIXELS;
    const size_t reach = (w->kernel_columns - 1) * w->dilation_columns / band.stride_columns;
    band.phase_bytes = (columns + reach) * CK_BLOCK_CHANNELS;
    band.row_bytes = band.stride_columns * band.phase_bytes;
    const size_t span = (w->kernel_rows - 1) * w->dilation_rows + 1, fitting = BAND_BYTES / band.row_bytes;
    band.most_rows = fitting > span ? (fitting - span) / w->stride_rows + 1 : 1;
    if (band.most_rows > w->output_rows) band.most_rows = w->output_rows;
    return band;
}

/// Staged rows under a number of output rows.
static size_t staged_rows(const ck_window *w, size_t rows) {
    return (rows - 1) * w->stride_rows + (w->kernel_rows - 1) * w->dilation_rows + 1;
}

static size_t stage_bytes(const ck_band *band) {
    return (staged_rows(band->window, band->most_rows) * band->row_bytes + 15) / 16 * 16;
}

size_t ck_band_bytes(const ck_window *window) {
    const ck_band band = layout(window);
    return stage_bytes(&band) + ck_taps(window) * sizeof(uint32_t);
}

static uint32_t offset(const ck_band *band, size_t tap) {
    const ck_window *w = band->window;
    const size_t row = tap / w->kernel_columns * w->dilation_rows;
    const size_t column = tap % w->kernel_columns * w->dilation_columns;
    return (uint32_t)(row * band->row_bytes + column % band->stride_columns * band->phase_bytes +
                      column / band->stride_columns * CK_BLOCK_CHANNELS);
}

ck_band ck_band_begin(const ck_window *window, int8_t fill, void *scratch) {
    ck_band band = layout(window);
    band.fill = fill;
    band.stage = scratch;
    band.offsets = (void *)(band.stage + stage_bytes(&band));
    memset(band.stage, fill, stage_bytes(&band));
    for (size_t tap = 0; tap < ck_taps(window); tap++) band.offsets[tap] = offset(&band, tap);
    return band;
}

static int8_t *place(const ck_band *band, int8_t *row, size_t padded) {
    return row + padded % band->stride_columns * band->phase_bytes + padded / band->stride_columns * CK_BLOCK_CHANNELS;
}

/// How many of the input's columns the window sees.
static size_t columns_seen(const ck_band *band) {
    const ck_window *w = band->window;
    const size_t staged = band->row_bytes / CK_BLOCK_CHANNELS;
    const size_t room = staged > w->pad_left ? staged - w->pad_left : 0;
    return w->input_columns < room ? w->input_columns : room;
}

#if defined(__aarch64__)
/// Two registers at a time, the last two reaching back where the bytes do not come out even.
static inline void copy_row(const int8_t *input, size_t bytes, int8_t *row) {
    enum { STEP = 32 };
    if (bytes < STEP) {
        for (size_t byte = 0; byte < bytes; byte += CK_BLOCK_CHANNELS) vst1_s8(row + byte, vld1_s8(input + byte));
        return;
    }
    size_t whole = bytes / STEP;
#pragma GCC unroll 4
    for (; whole > 0; whole--, input += STEP, row += STEP) {
        const int8x16_t first = vld1q_s8(input), second = vld1q_s8(input + STEP / 2);
        vst1q_s8(row, first), vst1q_s8(row + STEP / 2, second);
    }
    if (bytes % STEP == 0) return;
    input -= STEP - bytes % STEP, row -= STEP - bytes % STEP;
    const int8x16_t first = vld1q_s8(input), second = vld1q_s8(input + STEP / 2);
    vst1q_s8(row, first), vst1q_s8(row + STEP / 2, second);
}

/// The even columns to `even`, the odd ones to `odd`.
static inline void copy_pairs(const int8_t *input, size_t columns, int8_t *even, int8_t *odd) {
    const size_t fours = columns / 4;
    for (size_t four = 0; four < fours; four++, even += 16, odd += 16, input += 32) {
        const int64x2x2_t pairs = vld2q_s64((const int64_t *)input);
        vst1q_s64((int64_t *)even, pairs.val[0]);
        vst1q_s64((int64_t *)odd, pairs.val[1]);
    }
    for (size_t column = fours * 4; column < columns; column++, input += CK_BLOCK_CHANNELS) {
        int8_t **to = column % 2 == 0 ? &even : &odd;
        vst1_s8(*to, vld1_s8(input));
        *to += CK_BLOCK_CHANNELS;
    }
}
#endif

static void copy_columns(const ck_band *band, const int8_t *input, size_t columns, int8_t *row) {
    for (size_t column = 0; column < columns; column++)
        memcpy(place(band, row, band->window->pad_left + column), input + column * CK_BLOCK_CHANNELS,
               CK_BLOCK_CHANNELS);
}

/// Rows of the image that lie side by side there and here.
static void copy_rows(const ck_band *band, const int8_t *input, size_t rows, int8_t *row) {
    const ck_window *w = band->window;
    const size_t columns = columns_seen(band), input_bytes = w->input_columns * CK_BLOCK_CHANNELS;
    if (columns == 0) return;
#if defined(__aarch64__)
    if (band->stride_columns == 1) {
        row += w->pad_left * CK_BLOCK_CHANNELS;
        for (; rows > 0; rows--, input += input_bytes, row += band->row_bytes)
            copy_row(input, columns * CK_BLOCK_CHANNELS, row);
        return;
    }
    if (band->stride_columns == 2) {
        int8_t *even = place(band, row, w->pad_left), *odd = place(band, row, w->pad_left + 1);
        for (; rows > 0; rows--, input += input_bytes, even += band->row_bytes, odd += band->row_bytes)
            copy_pairs(input, columns, even, odd);
        return;
    }
#endif
    for (; rows > 0; rows--, input += input_bytes, row += band->row_bytes) copy_columns(band, input, columns, row);
}

void ck_band_stage(const ck_band *band, const int8_t *plane, size_t first_row, size_t rows) {
    const ck_window *w = band->window;
    const size_t count = staged_rows(w, rows), first = first_row * w->stride_rows,
                 image_end = w->pad_top + w->input_rows;
    // Padded rows first..<first + count, of which begin..<end lie in the image.
    size_t begin = first > w->pad_top ? first : w->pad_top, end = first + count < image_end ? first + count : image_end;
    if (begin >= end) begin = end = first + count;
    memset(band->stage, band->fill, (begin - first) * band->row_bytes);
    if (begin < end) {
        const int8_t *input = plane + (begin - w->pad_top) * w->input_columns * CK_BLOCK_CHANNELS;
        copy_rows(band, input, end - begin, band->stage + (begin - first) * band->row_bytes);
    }
    memset(band->stage + (end - first) * band->row_bytes, band->fill, (first + count - end) * band->row_bytes);
}
