// Windows of 3 x 3 without stride along the columns, by the dot product: four pixels of a row are brought together
// channel by channel, which serves two outputs, one with the weights (w0, w1, w2, 0), the other with (0, w0, w1, w2).
// All other windows go the way of ARMv8.0.

#if defined(__aarch64__)
#include "../band.h"
#include "../kernels.h"
#include "../target.h"
#include "depthwise_neon.h"

#define TARGET CK_TARGET_DOTPROD
#define INLINE CK_DEPTHWISE_INLINE TARGET

enum { ROWS = 3, COLUMNS = 3, PAIR = CK_DEPTHWISE_PAIR };

/// One row of the window: weights of four channels, four bytes each, for the first and the second of two outputs.
typedef struct {
    int8x16_t first_low, first_high, second_low, second_high;
} row_weights;

typedef struct {
    row_weights weights[ROWS];
    uint8x16_t low, high;  ///< where four pixels' bytes of channels 0 to 3 and 4 to 7 stand
} window;

static row_weights row_weights_of(const int8_t *const taps[COLUMNS]) {
    const int8x16_t first = vcombine_s8(vld1_s8(taps[0]), vdup_n_s8(0));
    const int8x16_t second = vcombine_s8(vld1_s8(taps[1]), vdup_n_s8(0));
    const int8x16_t third = vcombine_s8(vld1_s8(taps[2]), vdup_n_s8(0));
    const int16x8_t left = vreinterpretq_s16_s8(vzip1q_s8(first, second));
    const int16x8_t right = vreinterpretq_s16_s8(vzip1q_s8(third, vdupq_n_s8(0)));
    const int32x4_t low = vreinterpretq_s32_s16(vzip1q_s16(left, right));
    const int32x4_t high = vreinterpretq_s32_s16(vzip2q_s16(left, right));
    // The lowest byte is the first pixel's: a shift by a byte moves the weights one pixel on.
    return (row_weights){vreinterpretq_s8_s32(low), vreinterpretq_s8_s32(high),
                         vreinterpretq_s8_s32(vshlq_n_s32(low, 8)), vreinterpretq_s8_s32(vshlq_n_s32(high, 8))};
}

static window window_of(const ck_depthwise_block *block, const ck_window *w) {
    static const uint8_t indices[2][PAIR] = {{0, 8, 16, 24, 1, 9, 17, 25, 2, 10, 18, 26, 3, 11, 19, 27},
                                             {4, 12, 20, 28, 5, 13, 21, 29, 6, 14, 22, 30, 7, 15, 23, 31}};
    const uint16_t *order = ck_depthwise_order(block);
    const int8_t *weights = ck_depthwise_weights(block, w), *taps[ROWS * COLUMNS];
    for (size_t step = 0; step < ROWS * COLUMNS; step++) taps[order[step]] = weights + step * CK_BLOCK_CHANNELS;
    window all = {.low = vld1q_u8(indices[0]), .high = vld1q_u8(indices[1])};
    for (size_t row = 0; row < ROWS; row++) all.weights[row] = row_weights_of(taps + row * COLUMNS);
    return all;
}

/// Four pixels of which the first two outputs' windows are made.
INLINE void add_row(int8x16_t first, int8x16_t second, const row_weights *w, const window *all, int32x4_t sums[4]) {
    const int8x16x2_t pixels = {{first, second}};
    const int8x16_t low = vqtbl2q_s8(pixels, all->low), high = vqtbl2q_s8(pixels, all->high);
    sums[0] = vdotq_s32(sums[0], low, w->first_low);
    sums[1] = vdotq_s32(sums[1], high, w->first_high);
    sums[2] = vdotq_s32(sums[2], low, w->second_low);
    sums[3] = vdotq_s32(sums[3], high, w->second_high);
}

INLINE void tile(size_t pairs, ck_depthwise_ends kind, const window *all, const ck_depthwise_lanes *l,
                 const int8_t *const from[ROWS], int8_t *output) {
    ck_depthwise_sums s = ck_depthwise_begin(pairs, l);
    for (size_t row = 0; row < ROWS; row++) {
        int8x16_t pixels = vld1q_s8(from[row]);
        for (size_t pair = 0; pair < pairs; pair++) {
            const int8x16_t next = vld1q_s8(from[row] + (pair + 1) * PAIR);
            add_row(pixels, next, &all->weights[row], all, s.quarters[pair]);
            pixels = next;
        }
    }
    ck_depthwise_finish(pairs, kind, l, &s, output);
}

/// Rows of at least four columns.
INLINE void rows_of(ck_depthwise_ends kind, const ck_band *band, const window *all, const ck_depthwise_lanes *l,
                    size_t rows, int8_t *output) {
    const size_t bytes = band->window->output_columns * CK_BLOCK_CHANNELS;
    const size_t tap_row = band->window->dilation_rows * band->row_bytes;
    for (size_t row = 0; row < rows; row++, output += bytes) {
        const int8_t *from[ROWS];
        for (size_t tap = 0; tap < ROWS; tap++) from[tap] = band->stage + row * ck_band_row_step(band) + tap * tap_row;
        int8_t *to = output;
        size_t left = bytes;
        for (; left >= 2 * PAIR; left -= 2 * PAIR, to += 2 * PAIR) {
            tile(2, kind, all, l, from, to);
            for (size_t tap = 0; tap < ROWS; tap++) from[tap] += 2 * PAIR;
        }
        if (left == 0) continue;
        // The row's last pixels again, together with those before them that complete a tile.
        const size_t pairs = left <= PAIR ? 1 : 2, again = pairs * PAIR - left;
        for (size_t tap = 0; tap < ROWS; tap++) from[tap] -= again;
        if (pairs == 1)
            tile(1, kind, all, l, from, to - again);
        else
            tile(2, kind, all, l, from, to - again);
    }
}

TARGET static void block_rows(const ck_band *band, const ck_depthwise_block *block, const ck_depthwise_lanes *l,
                              size_t rows, int8_t *output) {
    const window all = window_of(block, band->window);
    if (l->is_bounded && l->ends.is_plain)
        rows_of(CK_ENDS_PLAIN, band, &all, l, rows, output);
    else if (l->is_bounded)
        rows_of(CK_ENDS_BOUNDED, band, &all, l, rows, output);
    else
        rows_of(CK_ENDS_ANY, band, &all, l, rows, output);
}

void ck_depthwise_i8__neondot(const ck_depthwise_i8 *a) {
    const ck_window *w = &a->window;
    if (w->kernel_rows != ROWS || w->kernel_columns != COLUMNS || w->stride_columns != 1 || w->dilation_columns != 1 ||
        w->output_columns < CK_BAND_PIXELS) {
        ck_depthwise_i8__neon(a);
        return;
    }
    const ck_span share = ck_share_of_rows(a->channels, w->output_rows, a->part, a->part_count);
    const ck_band band = ck_band_begin(w, (int8_t)a->input_zero_point, a->scratch);
    size_t rows = 0;
    for (size_t row = share.first; row < share.end; row += rows) {
        const size_t index = row / w->output_rows, y = row % w->output_rows;
        rows = ck_band_rows(&band, y, share.end - row);
        const ck_depthwise_block *block = ck_depthwise_block_at(a, index);
        ck_band_stage(&band, a->input + index * ck_input_plane(w), y, rows);
        const ck_depthwise_lanes l = ck_depthwise_lanes_of(a, block, index * CK_BLOCK_CHANNELS);
        block_rows(&band, block, &l, rows, a->output + row * w->output_columns * CK_BLOCK_CHANNELS);
    }
}
#endif
