// Windows: four output pixels of eight channels at a time, from a staged band whose padding is the zero point, which
// adds nothing. The global mean: all pixels of a block, two at a time.

#if defined(__aarch64__)
#include <string.h>

#include "../band.h"
#include "../kernels.h"
#include "../requantise_neon.h"
#include "averagepool_i8.h"

enum { PAIR = 16, TILE = 32 };

/// Sums of eight channels.
typedef struct {
    int32x4_t low, high;
} eight;

static inline eight add(eight sums, int16x8_t values) {
    sums.low = vaddw_s16(sums.low, vget_low_s16(values));
    sums.high = vaddw_high_s16(sums.high, values);
    return sums;
}

/// A window of this many places at most has a sum of 16 bits: its bytes are within 128 of zero.
enum { SMALL_WINDOW = 255 };

/// The sums of four pixels, zero points included.
static inline void tile_sums(const ck_band *band, const int8_t *from, eight sums[4]) {
    const size_t taps = ck_taps(band->window);
    for (size_t pixel = 0; pixel < 4; pixel++) sums[pixel] = (eight){vdupq_n_s32(0), vdupq_n_s32(0)};
    for (size_t first = 0; first < taps; first += SMALL_WINDOW) {
        const size_t end = taps - first < SMALL_WINDOW ? taps : first + SMALL_WINDOW;
        int16x8_t small[4] = {vdupq_n_s16(0), vdupq_n_s16(0), vdupq_n_s16(0), vdupq_n_s16(0)};
        for (size_t tap = first; tap < end; tap++) {
            const int8x16_t values = vld1q_s8(from + band->offsets[tap]);
            const int8x16_t more = vld1q_s8(from + band->offsets[tap] + PAIR);
            small[0] = vaddw_s8(small[0], vget_low_s8(values)), small[1] = vaddw_high_s8(small[1], values);
            small[2] = vaddw_s8(small[2], vget_low_s8(more)), small[3] = vaddw_high_s8(small[3], more);
        }
        for (size_t pixel = 0; pixel < 4; pixel++) sums[pixel] = add(sums[pixel], small[pixel]);
    }
}

/// Takes the zero points out of the sums of two pixels, divides and rounds.
static inline int8x16_t mean_pair(const ck_averagepool_i8 *a, const eight sums[2], const float multipliers[2],
                                  ck_neon_ends ends) {
    const int32x4_t zero_points = vdupq_n_s32(a->input_zero_point * (int32_t)ck_taps(&a->window));
    const float32x4_t first = vdupq_n_f32(multipliers[0]), second = vdupq_n_f32(multipliers[1]);
    return ck_neon_round16(vmulq_f32(vcvtq_f32_s32(vsubq_s32(sums[0].low, zero_points)), first),
                           vmulq_f32(vcvtq_f32_s32(vsubq_s32(sums[0].high, zero_points)), first),
                           vmulq_f32(vcvtq_f32_s32(vsubq_s32(sums[1].low, zero_points)), second),
                           vmulq_f32(vcvtq_f32_s32(vsubq_s32(sums[1].high, zero_points)), second), ends);
}

/// Whether the windows of four pixels from column x on lie within the image's columns.
static inline bool is_inside(const ck_window *w, size_t x) {
    const size_t end = (x + 3) * w->stride_columns + (w->kernel_columns - 1) * w->dilation_columns;
    return x * w->stride_columns >= w->pad_left && end < w->pad_left + w->input_columns;
}

/// Four pixels from column x on; `inside` is the multiplier of windows within the image's columns.
static inline void tile(const ck_averagepool_i8 *a, const ck_band *band, ck_neon_ends ends, size_t rows, float inside,
                        size_t x, const int8_t *from, int8_t *output) {
    eight sums[4];
    float multipliers[4] = {inside, inside, inside, inside};
    tile_sums(band, from, sums);
    const size_t last = a->window.output_columns - 1;
    for (size_t pixel = 0; pixel < 4 && !is_inside(&a->window, x); pixel++) {
        const size_t column = x + pixel < last ? x + pixel : last;
        multipliers[pixel] = ck_averagepool_multiplier(a, rows, ck_averagepool_columns(a, column));
    }
    vst1q_s8(output, mean_pair(a, sums, multipliers, ends));
    vst1q_s8(output + PAIR, mean_pair(a, sums + 2, multipliers + 2, ends));
}

static void row_means(const ck_averagepool_i8 *a, const ck_band *band, ck_neon_ends ends, size_t y, const int8_t *from,
                      int8_t *output) {
    const size_t columns = a->window.output_columns, rows = ck_averagepool_rows(a, y);
    const float inside = ck_averagepool_multiplier(a, rows, a->window.kernel_columns);
    if (columns < 4) {
        int8_t four[TILE];
        tile(a, band, ends, rows, inside, 0, from, four);
        memcpy(output, four, columns * CK_BLOCK_CHANNELS);
        return;
    }
    for (size_t x = 0; x < columns; x += 4) {
        const size_t start = x + 4 <= columns ? x : columns - 4;
        tile(a, band, ends, rows, inside, start, from + start * CK_BLOCK_CHANNELS, output + start * CK_BLOCK_CHANNELS);
    }
}

static void window_means(const ck_averagepool_i8 *a, ck_span share) {
    const ck_window *w = &a->window;
    const ck_neon_ends ends = ck_neon_ends_of(&a->range);
    const ck_band band = ck_band_begin(w, (int8_t)a->input_zero_point, a->scratch);
    const size_t row_bytes = w->output_columns * CK_BLOCK_CHANNELS;
    size_t rows = 0;
    for (size_t row = share.first; row < share.end; row += rows) {
        const size_t y = row % w->output_rows;
        rows = ck_band_rows(&band, y, share.end - row);
        ck_band_stage(&band, a->input + row / w->output_rows * ck_input_plane(w), y, rows);
        for (size_t index = 0; index < rows; index++)
            row_means(a, &band, ends, y + index, band.stage + index * ck_band_row_step(&band),
                      a->output + (row + index) * row_bytes);
    }
}

static eight plane_sums(const int8_t *plane, size_t pixels) {
    eight sums = {vdupq_n_s32(0), vdupq_n_s32(0)};
    for (size_t first = 0; first < pixels; first += SMALL_WINDOW - 1) {
        size_t left = pixels - first < SMALL_WINDOW - 1 ? pixels - first : SMALL_WINDOW - 1;
        int16x8_t small = vdupq_n_s16(0);
        for (; left >= 2; left -= 2, plane += PAIR) {
            const int8x16_t values = vld1q_s8(plane);
            small = vaddw_high_s8(vaddw_s8(small, vget_low_s8(values)), values);
        }
        if (left > 0) small = vaddw_s8(small, vld1_s8(plane)), plane += CK_BLOCK_CHANNELS;
        sums = add(sums, small);
    }
    return sums;
}

void ck_averagepool_i8__neon(const ck_averagepool_i8 *a) {
    const ck_window *w = &a->window;
    const ck_span share = ck_share_of_rows(a->channels, w->output_rows, a->part, a->part_count);
    if (!ck_averagepool_covers_image(w)) {
        window_means(a, share);
        return;
    }
    const ck_neon_ends ends = ck_neon_ends_of(&a->range);
    const float multiplier = ck_averagepool_multiplier(a, w->input_rows, w->input_columns);
    for (size_t block = share.first; block < share.end; block++) {
        const eight sums = plane_sums(a->input + block * ck_input_plane(w), w->input_rows * w->input_columns);
        const int8x16_t means = mean_pair(a, (eight[]){sums, sums}, (float[]){multiplier, multiplier}, ends);
        vst1_s8(a->output + block * CK_BLOCK_CHANNELS, vget_low_s8(means));
    }
}
#endif
