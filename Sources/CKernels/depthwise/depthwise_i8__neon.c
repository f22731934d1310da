// Four output pixels of eight channels at a time, from a staged band. Products gather in 16 bits as far as the packing
// found it safe.

#if defined(__aarch64__)
#include <string.h>

#include "../band.h"
#include "../kernels.h"
#include "depthwise_neon.h"

#define INLINE CK_DEPTHWISE_INLINE

enum { PAIR = CK_DEPTHWISE_PAIR, NINE = 9 };

typedef ck_depthwise_lanes lanes;
typedef ck_depthwise_sums sums;

typedef struct {
    int16x8_t halves[2][2];
} products;

/// Two pairs of pixels by one instruction, and the pointer moved.
INLINE void load_pairs(const int8_t **from, int8x16_t values[2]) {
    __asm__("ldp %q0, %q1, [%2], #32"
            : "=w"(values[0]), "=w"(values[1]), "+r"(*from)
            : "m"(*(const int8_t (*)[32]) * from));
}

/// The same. The compiler believes that it changes `after`: without that it loads all taps before the first product and
/// then has no registers left.
INLINE void load_pairs_after(int16x8_t *after, const int8_t **from, int8x16_t values[2]) {
    __asm__("ldp %q0, %q1, [%2], #32"
            : "=w"(values[0]), "=w"(values[1]), "+r"(*from), "+w"(*after)
            : "m"(*(const int8_t (*)[32]) * from));
}

/// Eight weights twice over, so that each half of a register of values finds its own.
INLINE int8x16_t twice(const int8_t *weights) {
    return ck_neon_opaque(vreinterpretq_s8_s64(vld1q_dup_s64((const int64_t *)weights)));
}

INLINE void multiply(size_t pairs, bool is_first, const int8x16_t values[2], int8x16_t weights, products *p) {
    for (size_t pair = 0; pair < pairs; pair++) {
        int16x8_t *halves = p->halves[pair];
        if (is_first) {
            halves[0] = vmull_s8(vget_low_s8(values[pair]), vget_low_s8(weights));
            halves[1] = vmull_high_s8(values[pair], weights);
        } else {
            halves[0] = vmlal_s8(halves[0], vget_low_s8(values[pair]), vget_low_s8(weights));
            halves[1] = vmlal_high_s8(halves[1], values[pair], weights);
        }
    }
}

INLINE void widen(size_t pairs, const products *p, sums *s) {
    for (size_t pair = 0; pair < pairs; pair++)
        for (size_t half = 0; half < 2; half++) {
            int32x4_t *quarters = s->quarters[pair] + 2 * half;
            quarters[0] = vaddw_s16(quarters[0], vget_low_s16(p->halves[pair][half]));
            quarters[1] = vaddw_high_s16(quarters[1], p->halves[pair][half]);
        }
}

// --- Windows of nine taps: weights and pointers stay in registers.

typedef struct {
    int8x16_t weights[NINE];
    const int8_t *from[NINE];
} taps;

/// The step that ends a group, where `threes` groups of three are followed by groups of two.
INLINE bool ends_group(size_t step, size_t threes) {
    return step < 3 * threes ? step % 3 == 2 : (step - 3 * threes) % 2 == 1;
}

INLINE bool begins_group(size_t step, size_t threes) { return step == 0 || ends_group(step - 1, threes); }

INLINE void nine_tile(size_t pairs, size_t threes, ck_depthwise_ends kind, const lanes *l, taps *t, int8_t *output) {
    sums s = ck_depthwise_begin(pairs, l);
    products p;
#pragma GCC unroll 9
    for (size_t step = 0; step < NINE; step++) {
        int8x16_t values[2];
        if (pairs == 1)
            values[0] = vld1q_s8(t->from[step]), t->from[step] += PAIR;
        else if (step == 0)
            load_pairs(&t->from[step], values);
        else
            load_pairs_after(&p.halves[1][1], &t->from[step], values);
        multiply(pairs, begins_group(step, threes), values, t->weights[step], &p);
        if (ends_group(step, threes)) widen(pairs, &p, &s);
    }
    ck_depthwise_finish(pairs, kind, l, &s, output);
}

INLINE void move(taps *t, ptrdiff_t bytes) {
#pragma GCC unroll 9
    for (size_t step = 0; step < NINE; step++) t->from[step] += bytes;
}

/// Rows of at least four columns.
INLINE void nine_rows(size_t threes, ck_depthwise_ends kind, const ck_band *band, const ck_depthwise_block *block,
                      const lanes *l, size_t rows, int8_t *output) {
    const size_t columns = band->window->output_columns;
    const int8_t *weights = ck_depthwise_weights(block, band->window);
    const uint16_t *order = ck_depthwise_order(block);
    const ptrdiff_t row_step = (ptrdiff_t)ck_band_row_step(band) - (ptrdiff_t)(columns * CK_BLOCK_CHANNELS);
    taps t;
    for (size_t step = 0; step < NINE; step++) {
        t.weights[step] = twice(weights + step * CK_BLOCK_CHANNELS);
        t.from[step] = band->stage + band->offsets[order[step]];
    }
    for (size_t row = 0; row < rows; row++) {
        size_t left = columns;
        for (; left >= 4; left -= 4, output += 2 * PAIR) nine_tile(2, threes, kind, l, &t, output);
        if (left > 0) {
            // The row's last pixels again, together with those before them that complete a tile.
            const size_t again = (left <= 2 ? 2 - left : 4 - left) * CK_BLOCK_CHANNELS;
            move(&t, -(ptrdiff_t)again);
            if (left <= 2)
                nine_tile(1, threes, kind, l, &t, output - again);
            else
                nine_tile(2, threes, kind, l, &t, output - again);
            output += left * CK_BLOCK_CHANNELS;
        }
        move(&t, row_step);
    }
}

static bool is_nine(const ck_window *w, const ck_depthwise_block *block, const lanes *l) {
    return ck_taps(w) == NINE && w->output_columns >= CK_BAND_PIXELS && block->ones == 0 && l->is_bounded;
}

static void nine_taps(const ck_band *band, const ck_depthwise_block *block, const lanes *l, size_t rows,
                      int8_t *output) {
    if (block->threes == 3 && l->ends.is_plain)
        nine_rows(3, CK_ENDS_PLAIN, band, block, l, rows, output);
    else if (block->threes == 3)
        nine_rows(3, CK_ENDS_BOUNDED, band, block, l, rows, output);
    else if (l->ends.is_plain)
        nine_rows(1, CK_ENDS_PLAIN, band, block, l, rows, output);
    else
        nine_rows(1, CK_ENDS_BOUNDED, band, block, l, rows, output);
}

// --- Windows of any size.

typedef struct {
    const int8_t *from, *weights;
    const uint16_t *order;
    const uint32_t *offsets;
} steps;

/// Groups of one size; moves the steps on.
INLINE void groups(size_t count, size_t size, steps *t, sums *s) {
    for (; count > 0; count--) {
        products p;
        for (size_t member = 0; member < size; member++) {
            const int8_t *place = t->from + t->offsets[*t->order++];
            const int8x16_t values[2] = {vld1q_s8(place), vld1q_s8(place + PAIR)};
            multiply(2, member == 0, values, twice(t->weights), &p);
            t->weights += CK_BLOCK_CHANNELS;
        }
        widen(2, &p, s);
    }
}

static void tile(const ck_band *band, const ck_depthwise_block *block, const lanes *l, const int8_t *from,
                 int8_t *output) {
    steps t = {from, ck_depthwise_weights(block, band->window), ck_depthwise_order(block), band->offsets};
    sums s = ck_depthwise_begin(2, l);
    groups(block->threes, 3, &t, &s);
    groups(block->twos, 2, &t, &s);
    groups(block->ones, 1, &t, &s);
    ck_depthwise_finish(2, CK_ENDS_ANY, l, &s, output);
}

static void any_taps(const ck_band *band, const ck_depthwise_block *block, const lanes *l, size_t rows,
                     int8_t *output) {
    const size_t columns = band->window->output_columns;
    for (size_t row = 0; row < rows; row++, output += columns * CK_BLOCK_CHANNELS) {
        const int8_t *from = band->stage + row * ck_band_row_step(band);
        if (columns < 4) {
            int8_t four[2 * PAIR];
            tile(band, block, l, from, four);
            memcpy(output, four, columns * CK_BLOCK_CHANNELS);
            continue;
        }
        for (size_t x = 0; x < columns; x += 4) {
            const size_t start = (x + 4 <= columns ? x : columns - 4) * CK_BLOCK_CHANNELS;
            tile(band, block, l, from + start, output + start);
        }
    }
}

void ck_depthwise_i8__neon(const ck_depthwise_i8 *a) {
    const ck_window *w = &a->window;
    const ck_span share = ck_share_of_rows(a->channels, w->output_rows, a->part, a->part_count);
    const ck_band band = ck_band_begin(w, (int8_t)a->input_zero_point, a->scratch);
    size_t rows = 0;
    for (size_t row = share.first; row < share.end; row += rows) {
        const size_t index = row / w->output_rows, y = row % w->output_rows;
        rows = ck_band_rows(&band, y, share.end - row);
        const ck_depthwise_block *block = ck_depthwise_block_at(a, index);
        ck_band_stage(&band, a->input + index * ck_input_plane(w), y, rows);
        const lanes l = ck_depthwise_lanes_of(a, block, index * CK_BLOCK_CHANNELS);
        int8_t *output = a->output + row * w->output_columns * CK_BLOCK_CHANNELS;
        if (is_nine(w, block, &l))
            nine_taps(&band, block, &l, rows, output);
        else
            any_taps(&band, block, &l, rows, output);
    }
}
#endif
