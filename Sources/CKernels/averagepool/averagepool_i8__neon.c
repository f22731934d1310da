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

/// So many bytes, each less a zero point, have a sum of 16 bits: 128 * 255 < 2^15.
enum { SMALL_WINDOW = 128 };

static inline int16x8_t zero_points(const ck_averagepool_i8 *a, size_t count) {
    return vdupq_n_s16((int16_t)(-a->input_zero_point * (int32_t)count));
}

/// What taps first..<end add to four pixels.
static inline void add_taps(const ck_averagepool_i8 *a, const ck_band *band, const int8_t *from, size_t first,
                            size_t end, int16x8_t sums[4]) {
    for (size_t pixel = 0; pixel < 4; pixel++) sums[pixel] = zero_points(a, end - first);
    for (size_t tap = first; tap < end; tap++) {
        const int8_t *place = from + band->offsets[tap];
        const int8x16_t values = vld1q_s8(place), more = vld1q_s8(place + PAIR);
        sums[0] = vaddw_s8(sums[0], vget_low_s8(values)), sums[1] = vaddw_high_s8(sums[1], values);
        sums[2] = vaddw_s8(sums[2], vget_low_s8(more)), sums[3] = vaddw_high_s8(sums[3], more);
    }
}

/// The sums of four pixels.
static inline void tile_sums(const ck_averagepool_i8 *a, const ck_band *band, const int8_t *from, eight sums[4]) {
    const size_t taps = ck_taps(band->window);
    int16x8_t small[4];
    size_t end = taps < SMALL_WINDOW ? taps : SMALL_WINDOW;
    add_taps(a, band, from, 0, end, small);
    for (size_t pixel = 0; pixel < 4; pixel++)
        sums[pixel] = (eight){vmovl_s16(vget_low_s16(small[pixel])), vmovl_high_s16(small[pixel])};
    while (end < taps) {
        const size_t first = end;
        end = taps - first < SMALL_WINDOW ? taps : first + SMALL_WINDOW;
        add_taps(a, band, from, first, end, small);
        for (size_t pixel = 0; pixel < 4; pixel++) sums[pixel] = add(sums[pixel], small[pixel]);
    }
}

/// Divides the sums of two pixels and rounds.
static inline int8x16_t mean_pair(const eight sums[2], const float multipliers[2], ck_neon_ends ends) {
    const float32x4_t first = vdupq_n_f32(multipliers[0]), second = vdupq_n_f32(multipliers[1]);
    return ck_neon_round16(vmulq_f32(vcvtq_f32_s32(sums[0].low), first), vmulq_f32(vcvtq_f32_s32(sums[0].high), first),
                           vmulq_f32(vcvtq_f32_s32(sums[1].low), second),
                           vmulq_f32(vcvtq_f32_s32(sums[1].high), second), ends);
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
    tile_sums(a, band, from, sums);
    const size_t last = a->window.output_columns - 1, border = is_inside(&a->window, x) ? 0 : 4;
    for (size_t pixel = 0; pixel < border; pixel++) {
        const size_t column = x + pixel < last ? x + pixel : last;
        multipliers[pixel] = ck_averagepool_multiplier(a, rows, ck_averagepool_columns(a, column));
    }
    vst1q_s8(output, mean_pair(sums, multipliers, ends));
    vst1q_s8(output + PAIR, mean_pair(sums + 2, multipliers + 2, ends));
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

static eight plane_sums(const ck_averagepool_i8 *a, const int8_t *plane, size_t pixels) {
    eight sums = {vdupq_n_s32(0), vdupq_n_s32(0)};
    size_t count = 0;
    for (size_t first = 0; first < pixels; first += count) {
        count = pixels - first < SMALL_WINDOW ? pixels - first : SMALL_WINDOW;
        int16x8_t small = zero_points(a, count);
        for (size_t pair = 0; pair < count / 2; pair++, plane += PAIR) {
            const int8x16_t values = vld1q_s8(plane);
            small = vaddw_high_s8(vaddw_s8(small, vget_low_s8(values)), values);
        }
        if (count % 2 != 0) small = vaddw_s8(small, vld1_s8(plane)), plane += CK_BLOCK_CHANNELS;
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
        const eight sums = plane_sums(a, a->input + block * ck_input_plane(w), w->input_rows * w->input_columns);
        const int8x16_t means = mean_pair((eight[]){sums, sums}, (float[]){multiplier, multiplier}, ends);
        vst1_s8(a->output + block * CK_BLOCK_CHANNELS, vget_low_s8(means));
    }
}
#endif
