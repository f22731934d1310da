// Windows of 3 x 3 by the dot product, two outputs of a row at a time, from the first row to the last: a row of input
// is brought together channel by channel once, and added to all rows of output whose windows it lies in. All other
// windows go the way of ARMv8.0.
//
// Four pixels are brought together. Without stride they serve both outputs, one with the weights (w0, w1, w2, 0), the
// other with (0, w0, w1, w2); with a stride of two each output has four of its own.

#if defined(__aarch64__)
#include "../band.h"
#include "../kernels.h"
#include "../target.h"
#include "depthwise_neon.h"

#define TARGET CK_TARGET_DOTPROD
#define INLINE CK_DEPTHWISE_INLINE TARGET

enum { ROWS = 3, COLUMNS = 3, PAIR = CK_DEPTHWISE_PAIR };

/// One row of the window: weights of four channels, four bytes each, of the first and the second output, low and high
/// channels.
typedef struct {
    int8x16_t quarters[4];
} row_weights;

/// What all outputs of a block of channels share.
typedef struct {
    row_weights weights[ROWS];
    uint8x16_t low, high;  ///< where four pixels' bytes of channels 0 to 3 and 4 to 7 stand
    const int32_t *bias;
    ck_depthwise_lanes lanes;
} window;

/// What one row of input adds to both outputs, channel by channel.
typedef struct {
    int8x16_t quarters[4];
} row_pixels;

typedef struct {
    int32x4_t quarters[4];
} sums;

static row_weights row_weights_of(const int8_t *const taps[COLUMNS], size_t stride) {
    const int8x16_t first = vcombine_s8(vld1_s8(taps[0]), vdup_n_s8(0));
    const int8x16_t second = vcombine_s8(vld1_s8(taps[1]), vdup_n_s8(0));
    const int8x16_t third = vcombine_s8(vld1_s8(taps[2]), vdup_n_s8(0));
    const int16x8_t left = vreinterpretq_s16_s8(vzip1q_s8(first, second));
    const int16x8_t right = vreinterpretq_s16_s8(vzip1q_s8(third, vdupq_n_s8(0)));
    const int32x4_t low = vreinterpretq_s32_s16(vzip1q_s16(left, right));
    const int32x4_t high = vreinterpretq_s32_s16(vzip2q_s16(left, right));
    // The lowest byte is the first pixel's: a shift by a byte moves the weights one pixel on.
    const int32x4_t moved_low = stride == 1 ? vshlq_n_s32(low, 8) : low;
    const int32x4_t moved_high = stride == 1 ? vshlq_n_s32(high, 8) : high;
    return (row_weights){{vreinterpretq_s8_s32(low), vreinterpretq_s8_s32(high), vreinterpretq_s8_s32(moved_low),
                          vreinterpretq_s8_s32(moved_high)}};
}

static window window_of(const ck_depthwise_i8 *a, size_t index) {
    static const uint8_t indices[2][PAIR] = {{0, 8, 16, 24, 1, 9, 17, 25, 2, 10, 18, 26, 3, 11, 19, 27},
                                             {4, 12, 20, 28, 5, 13, 21, 29, 6, 14, 22, 30, 7, 15, 23, 31}};
    const ck_window *w = &a->window;
    const ck_depthwise_block *block = ck_depthwise_block_at(a, index);
    const size_t channel = index * CK_BLOCK_CHANNELS;
    const uint16_t *order = ck_depthwise_order(block);
    const int8_t *weights = ck_depthwise_weights(block, w), *taps[ROWS * COLUMNS];
    for (size_t step = 0; step < ROWS * COLUMNS; step++) taps[order[step]] = weights + step * CK_BLOCK_CHANNELS;
    window all = {.low = vld1q_u8(indices[0]),
                  .high = vld1q_u8(indices[1]),
                  .bias = a->bias + channel,
                  .lanes = ck_depthwise_lanes_of(a, block, channel)};
    for (size_t row = 0; row < ROWS; row++) all.weights[row] = row_weights_of(taps + row * COLUMNS, w->stride_columns);
    return all;
}

INLINE row_pixels load(size_t stride, const int8_t *from, const window *all) {
    if (stride == 1) {
        const int8x16x2_t pixels = vld1q_s8_x2(from);
        const int8x16_t low = vqtbl2q_s8(pixels, all->low), high = vqtbl2q_s8(pixels, all->high);
        return (row_pixels){{low, high, low, high}};
    }
    const int8x16x3_t pixels = vld1q_s8_x3(from);
    const int8x16x2_t first = {{pixels.val[0], pixels.val[1]}}, second = {{pixels.val[1], pixels.val[2]}};
    return (row_pixels){{vqtbl2q_s8(first, all->low), vqtbl2q_s8(first, all->high), vqtbl2q_s8(second, all->low),
                         vqtbl2q_s8(second, all->high)}};
}

INLINE void add(sums *s, const row_pixels *pixels, const row_weights *w) {
#pragma GCC unroll 4
    for (size_t quarter = 0; quarter < 4; quarter++)
        s->quarters[quarter] = vdotq_s32(s->quarters[quarter], pixels->quarters[quarter], w->quarters[quarter]);
}

/// The first row of a window. One load for two registers, where the compiler would load once and move each.
INLINE sums begin(const row_pixels *pixels, const window *all) {
    sums s;
#pragma GCC unroll 2
    for (size_t output = 0; output < 4; output += 2)
        __asm__ volatile("ldp %q0, %q1, [%2]"
                         : "=w"(s.quarters[output]), "=w"(s.quarters[output + 1])
                         : "r"(all->bias), "m"(*(const int32_t (*)[CK_BLOCK_CHANNELS])all->bias));
    add(&s, pixels, &all->weights[0]);
    return s;
}

INLINE void finish(ck_depthwise_ends kind, const window *all, const sums *s, int8_t *output) {
    ck_depthwise_finish_pair(kind, &all->lanes, s->quarters, output);
}

typedef struct {
    const int8_t *from;
    size_t from_step;
    int8_t *to;
    size_t to_step;
} place;

/// The next row of input ends one row of output, and begins another.
INLINE void single_step(ck_depthwise_ends kind, const window *all, sums *ending, sums *middle, sums *beginning,
                        place *p) {
    const row_pixels pixels = load(1, p->from, all);
    add(ending, &pixels, &all->weights[2]);
    add(middle, &pixels, &all->weights[1]);
    *beginning = begin(&pixels, all);
    finish(kind, all, ending, p->to);
    p->from += p->from_step, p->to += p->to_step;
}

/// The same with a stride of two: the middle row, then that which ends one and begins another.
INLINE void double_step(ck_depthwise_ends kind, const window *all, sums *ending, sums *beginning, place *p) {
    const row_pixels middle = load(2, p->from, all), last = load(2, p->from + p->from_step, all);
    add(ending, &middle, &all->weights[1]);
    add(ending, &last, &all->weights[2]);
    *beginning = begin(&last, all);
    finish(kind, all, ending, p->to);
    p->from += 2 * p->from_step, p->to += p->to_step;
}

/// Two columns of outputs. The sums take turns, so that none has to be moved to another register.
INLINE void two_columns(size_t stride, ck_depthwise_ends kind, const window *all, place p, size_t rows) {
    const row_pixels first = load(stride, p.from, all);
    sums a = begin(&first, all);
    p.from += p.from_step;
    if (stride == 2) {
        for (sums b;;) {
            double_step(kind, all, &a, &b, &p);
            if (--rows == 0) return;
            double_step(kind, all, &b, &a, &p);
            if (--rows == 0) return;
        }
    }
    const row_pixels second = load(stride, p.from, all);
    add(&a, &second, &all->weights[1]);
    sums b = begin(&second, all);
    p.from += p.from_step;
    for (sums c;;) {
        single_step(kind, all, &a, &b, &c, &p);
        if (--rows == 0) return;
        single_step(kind, all, &b, &c, &a, &p);
        if (--rows == 0) return;
        single_step(kind, all, &c, &a, &b, &p);
        if (--rows == 0) return;
    }
}

/// At least two columns; the last two overlap with those before where their number is odd.
INLINE void all_columns(size_t stride, ck_depthwise_ends kind, const ck_band *band, const window *given,
                        size_t columns, size_t rows, int8_t *output) {
    // A copy of its own stays in registers: stores might change what the pointer points to, for all the compiler knows.
    const window all = *given;
    const size_t bytes = columns * CK_BLOCK_CHANNELS;
    for (size_t byte = 0; byte < bytes; byte += PAIR) {
        const size_t start = byte + PAIR <= bytes ? byte : bytes - PAIR;
        two_columns(stride, kind, &all, (place){band->stage + start * stride, band->row_bytes, output + start, bytes},
                    rows);
    }
}

#define COLUMNS_OF(name, stride, kind)                                                                               \
    TARGET static void name(const ck_band *band, const window *all, size_t columns, size_t rows, int8_t *output) { \
        all_columns(stride, kind, band, all, columns, rows, output);                                                \
    }

COLUMNS_OF(single_plain, 1, CK_ENDS_PLAIN)
COLUMNS_OF(single_bounded, 1, CK_ENDS_BOUNDED)
COLUMNS_OF(single_any, 1, CK_ENDS_ANY)
COLUMNS_OF(double_plain, 2, CK_ENDS_PLAIN)
COLUMNS_OF(double_bounded, 2, CK_ENDS_BOUNDED)
COLUMNS_OF(double_any, 2, CK_ENDS_ANY)

static void block_rows(const ck_band *band, const window *all, const ck_window *w, size_t rows, int8_t *output) {
    const bool is_single = w->stride_columns == 1;
    const size_t columns = w->output_columns;
    if (!all->lanes.is_bounded)
        (is_single ? single_any : double_any)(band, all, columns, rows, output);
    else if (all->lanes.ends.is_plain)
        (is_single ? single_plain : double_plain)(band, all, columns, rows, output);
    else
        (is_single ? single_bounded : double_bounded)(band, all, columns, rows, output);
}

static bool is_taken(const ck_window *w) {
    return w->kernel_rows == ROWS && w->kernel_columns == COLUMNS && w->dilation_rows == 1 &&
           w->dilation_columns == 1 && w->stride_rows == w->stride_columns && w->stride_columns <= 2 &&
           w->output_columns >= CK_BAND_PIXELS;
}

/// The window whose band holds the columns as they follow each other, with all that the last two outputs load. Its
/// rows are as long as those of the band sorted by stride, for which scratch has room.
static ck_window unsorted(const ck_window *w) {
    ck_window result = *w;
    result.output_columns = w->output_columns * w->stride_columns;
    result.stride_columns = 1;
    return result;
}

void ck_depthwise_i8__neondot(const ck_depthwise_i8 *a) {
    const ck_window *w = &a->window, wide = unsorted(w);
    if (!is_taken(w)) {
        ck_depthwise_i8__neon(a);
        return;
    }
    const ck_span share = ck_share_of_rows(a->channels, w->output_rows, a->part, a->part_count);
    const ck_band band = ck_band_begin(&wide, (int8_t)a->input_zero_point, a->scratch);
    size_t rows = 0;
    for (size_t row = share.first; row < share.end; row += rows) {
        const size_t index = row / w->output_rows, y = row % w->output_rows;
        rows = ck_band_rows(&band, y, share.end - row);
        ck_band_stage(&band, a->input + index * ck_input_plane(w), y, rows);
        const window all = window_of(a, index);
        block_rows(&band, &all, w, rows, a->output + row * w->output_columns * CK_BLOCK_CHANNELS);
    }
}
#endif
