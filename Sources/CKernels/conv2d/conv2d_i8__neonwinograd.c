// ARMv8.0: 3 x 3 convolutions of stride 1 by winograd.h, in int16. Any weight, as long as a channel's are within
// CK_WINOGRAD_WEIGHT_LIMIT.

#if defined(__aarch64__)
#include <string.h>

#include "../kernels.h"
#include "../matrix/lane_neon.h"
#include "winograd_neon.h"
#include "winograd_plan.h"

enum {
    POINTS = CK_WINOGRAD_POINTS,
    RESULTS = CK_WINOGRAD_RESULTS,
    GROUP = CK_WINOGRAD_GROUP,
    HALF_GROUP = GROUP / 2,
    CHANNELS = CK_BLOCK_CHANNELS,
    TAPS = CK_WINOGRAD_TAPS,
    ROW_BYTES = RESULTS * CHANNELS,  // of a tile of results
};

typedef struct {
    const ck_conv2d_i8 *arguments;
    ck_winograd_plan plan;
    int16_t *input, *weights;
    int32_t *products;
    ck_conv2d_band band;
    size_t first_tile_row, tiles, product_stride;  // of the chunk; the stride in int16
} state;

/// One tile's block of channels: six rows of six pixels of the band.
static void transform_input(const int8_t *from, size_t row_bytes, int16_t *to, size_t product_stride) {
    int16x8_t columns[POINTS][POINTS];  // [column][row]
#pragma GCC unroll 6
    for (int row = 0; row < POINTS; row++, from += row_bytes) {
#pragma GCC unroll 3
        for (int pair = 0; pair < POINTS / 2; pair++) {
            const int8x16_t pixels = vld1q_s8(from + pair * 2 * CHANNELS);
            columns[2 * pair][row] = vmovl_s8(vget_low_s8(pixels));
            columns[2 * pair + 1][row] = vmovl_high_s8(pixels);
        }
    }
    int16x8_t rows[POINTS][POINTS];  // [row][column]
#pragma GCC unroll 6
    for (int column = 0; column < POINTS; column++) {
        int16x8_t v[POINTS];
        ck_winograd_input(columns[column], v);
#pragma GCC unroll 6
        for (int row = 0; row < POINTS; row++) rows[row][column] = v[row];
    }
#pragma GCC unroll 6
    for (int row = 0; row < POINTS; row++) {
        int16x8_t v[POINTS];
        ck_winograd_input(rows[row], v);
#pragma GCC unroll 6
        for (int column = 0; column < POINTS; column++, to += product_stride) vst1q_s16(to, v[column]);
    }
}

static void transform_inputs(const state *s) {
    const size_t row_bytes = s->band.columns * CHANNELS, blocks = s->plan.input_blocks;
    for (size_t tile = 0; tile < s->tiles; tile++) {
        const size_t y = tile / s->plan.tile_columns * RESULTS, x = tile % s->plan.tile_columns * RESULTS;
        const int8_t *from = s->band.start + y * row_bytes + x * CHANNELS;
        int16_t *to = s->input + tile / GROUP * blocks * GROUP * CHANNELS + tile % GROUP * CHANNELS;
        for (size_t block = 0; block < blocks; block++) {
            transform_input(from, row_bytes, to, s->product_stride);
            from += s->band.plane_bytes;
            to += GROUP * CHANNELS;
        }
    }
}

/// One input channel's weights of eight output channels.
static void transform_weights(const int8_t *from, int16_t *to, size_t product_stride) {
    int16x8_t taps[3][3];  // [column][row]
#pragma GCC unroll 3
    for (int row = 0; row < 3; row++)
#pragma GCC unroll 3
        for (int column = 0; column < 3; column++)
            taps[column][row] = vmovl_s8(vld1_s8(from + (row * 3 + column) * CHANNELS));
    int16x8_t rows[POINTS][3];
#pragma GCC unroll 3
    for (int column = 0; column < 3; column++) {
        int16x8_t u[POINTS];
        ck_winograd_weights(taps[column], u);
#pragma GCC unroll 6
        for (int row = 0; row < POINTS; row++) rows[row][column] = u[row];
    }
#pragma GCC unroll 6
    for (int row = 0; row < POINTS; row++) {
        int16x8_t u[POINTS];
        ck_winograd_weights(rows[row], u);
#pragma GCC unroll 6
        for (int column = 0; column < POINTS; column++, to += product_stride) vst1q_s16(to, u[column]);
    }
}

/// All products of a group of tiles with a block of output channels: [products][tiles][8] int32.
CK_INLINE void multiply(const state *s, size_t group, int tiles) {
    const size_t blocks = s->plan.input_blocks;
    const int16_t *weights = s->weights, *inputs = s->input + group * blocks * GROUP * CHANNELS;
    int32_t *products = s->products;
    for (int product = 0; product < CK_WINOGRAD_PRODUCTS; product++, inputs += s->product_stride) {
        ck_lane_sums sums[GROUP];
#pragma GCC unroll 8
        for (int tile = 0; tile < tiles; tile++) sums[tile].low = sums[tile].high = vdupq_n_s32(0);
        const int16_t *input = inputs;
        for (size_t block = 0; block < blocks; block++) {
            ck_lane_add_int16(sums, tiles, &input, &weights);
            if (tiles < GROUP) input += (GROUP - tiles) * CHANNELS;
        }
#pragma GCC unroll 8
        for (int tile = 0; tile < tiles; tile++) {
            vst1q_s32(products + tile * CHANNELS, sums[tile].low);
            vst1q_s32(products + tile * CHANNELS + 4, sums[tile].high);
        }
        products += GROUP * CHANNELS;
    }
}

static void multiply_group(const state *s, size_t group) { multiply(s, group, GROUP); }
static void multiply_half_group(const state *s, size_t group) { multiply(s, group, HALF_GROUP); }

/// Four columns of one tile's products, transformed back: the sums, with the bias.
CK_INLINE void transform_products(const int32_t *products, int32x4_t bias, int32x4_t sums[RESULTS][RESULTS]) {
    static const int exponents[RESULTS] = {0, 1, 2, 2};
    const int32_t inverse_of_9 = 954437177;  // 9 * 954437177 = 2 * 2^32 + 1
    int32x4_t rows[RESULTS][POINTS];
#pragma GCC unroll 6
    for (int column = 0; column < POINTS; column++) {
        int32x4_t m[POINTS], y[RESULTS];
#pragma GCC unroll 6
        for (int row = 0; row < POINTS; row++)
            m[row] = vld1q_s32(products + (row * POINTS + column) * GROUP * CHANNELS);
        ck_winograd_results(m, y);
#pragma GCC unroll 4
        for (int row = 0; row < RESULTS; row++) rows[row][column] = y[row];
    }
#pragma GCC unroll 4
    for (int row = 0; row < RESULTS; row++) {
        int32x4_t y[RESULTS];
        ck_winograd_results(rows[row], y);
#pragma GCC unroll 4
        for (int column = 0; column < RESULTS; column++)
            sums[row][column] = ck_winograd_shift_add(bias, vmulq_n_s32(y[column], inverse_of_9),
                                                      6 - exponents[row] - exponents[column]);
    }
}

/// One tile's results, as rows of bytes `row_stride` apart.
CK_INLINE void finish_tile(const int32_t *products, const int32_t *bias, const float *multipliers, ck_matrix_ends ends,
                           int8_t *output, size_t row_stride) {
    int32x4_t low[RESULTS][RESULTS], high[RESULTS][RESULTS];
    transform_products(products, vld1q_s32(bias), low);
    transform_products(products + 4, vld1q_s32(bias + 4), high);
    const float32x4_t low_factor = vld1q_f32(multipliers), high_factor = vld1q_f32(multipliers + 4);
#pragma GCC unroll 4
    for (int row = 0; row < RESULTS; row++, output += row_stride) {
        int16x8_t pixels[RESULTS];
#pragma GCC unroll 4
        for (int column = 0; column < RESULTS; column++)
            pixels[column] = ck_matrix_scale(low[row][column], high[row][column], low_factor, high_factor, ends);
        vst1q_s8(output, ck_matrix_saturate(pixels[0], pixels[1]));
        vst1q_s8(output + 16, ck_matrix_saturate(pixels[2], pixels[3]));
    }
}

CK_INLINE void finish_in(const state *s, size_t block, size_t first_tile, size_t tiles, ck_matrix_rounding rounding) {
    const ck_conv2d_i8 *c = s->arguments;
    const ck_window *w = &c->shape.window;
    const ck_matrix_ends ends = ck_matrix_ends_of(&c->range, rounding);
    const int clamps = ck_matrix_clamps(&c->range);
    const int32_t *bias = c->bias + block * CHANNELS;
    const float *multipliers = c->multipliers + block * CHANNELS;
    for (size_t tile = 0; tile < tiles; tile++) {
        const size_t index = first_tile + tile;
        const size_t y = (s->first_tile_row + index / s->plan.tile_columns) * RESULTS;
        const size_t x = index % s->plan.tile_columns * RESULTS;
        int8_t *output = c->output + ((block * w->output_rows + y) * w->output_columns + x) * CHANNELS;
        const size_t row_stride = w->output_columns * CHANNELS;
        const size_t rows = ck_smaller(RESULTS, w->output_rows - y);
        const size_t columns = ck_smaller(RESULTS, w->output_columns - x);
        int8_t whole[RESULTS * ROW_BYTES];
        const int cut = clamps || rows < RESULTS || columns < RESULTS;
        finish_tile(s->products + tile * CHANNELS, bias, multipliers, ends, cut ? whole : output,
                    cut ? ROW_BYTES : row_stride);
        if (!cut) continue;
        if (clamps) ck_matrix_clamp_tile(whole, RESULTS * RESULTS, ends);
        for (size_t row = 0; row < rows; row++)
            memcpy(output + row * row_stride, whole + row * ROW_BYTES, columns * CHANNELS);
    }
}

static void finish(const state *s, size_t block, size_t first_tile, size_t tiles) {
    switch (ck_matrix_rounding_of(&s->arguments->range, s->arguments->is_bounded)) {
    case CK_ROUND_ANY: finish_in(s, block, first_tile, tiles, CK_ROUND_ANY); break;
    case CK_ROUND_BOUNDED: finish_in(s, block, first_tile, tiles, CK_ROUND_BOUNDED); break;
    case CK_ROUND_BOUNDED_EVEN: finish_in(s, block, first_tile, tiles, CK_ROUND_BOUNDED_EVEN); break;
    }
}

static void run_chunk(state *s, size_t first_row, size_t rows, ck_part blocks) {
    const ck_conv2d_i8 *c = s->arguments;
    ck_conv2d_i8 padded = *c;
    padded.shape = s->plan.padded;
    int8_t *const start = s->band.start;
    s->band = ck_conv2d_band_of(&padded.shape, rows * RESULTS);
    s->band.first_row = first_row * RESULTS;
    s->band.start = start;
    ck_conv2d_band_fill_blocked(&padded, &s->band);
    s->first_tile_row = first_row;
    s->tiles = rows * s->plan.tile_columns;
    s->product_stride = ck_winograd_product_stride(s->tiles, s->plan.input_blocks) / sizeof(int16_t);
    transform_inputs(s);
    const size_t channels = s->plan.input_blocks * CHANNELS;
    for (size_t block = blocks.first; block < blocks.end; block++) {
        const int8_t *packed = (const int8_t *)c->weights + block * channels * TAPS * CHANNELS;
        for (size_t channel = 0; channel < channels; channel++)
            transform_weights(packed + channel * TAPS * CHANNELS, s->weights + channel * CHANNELS, channels * CHANNELS);
        for (size_t tile = 0; tile < s->tiles; tile += GROUP) {
            const size_t count = ck_smaller(GROUP, s->tiles - tile);
            if (count > HALF_GROUP)
                multiply_group(s, tile / GROUP);
            else
                multiply_half_group(s, tile / GROUP);
            finish(s, block, tile, count);
        }
    }
}

void ck_conv2d_i8__neonwinograd(const ck_conv2d_i8 *c) {
    state s = {.arguments = c, .plan = ck_winograd_plan_of(&c->shape)};
    const ck_winograd_plan *p = &s.plan;
    int8_t *scratch = c->scratch;
    s.input = (int16_t *)scratch;
    s.weights = (int16_t *)(scratch + p->input_bytes);
    s.products = (int32_t *)(scratch + p->input_bytes + p->weight_bytes);
    s.band.start = scratch + p->input_bytes + p->weight_bytes + p->product_bytes;
    // Parts take rows of tiles, unless those are few: then they take channels, and each transforms all input.
    const int cut_blocks = p->tile_rows < 4 * c->part_count;
    const ck_part all_rows = {0, p->tile_rows}, all_blocks = {0, p->output_blocks};
    const ck_part rows = cut_blocks ? all_rows : ck_part_of(p->tile_rows, c->part, c->part_count);
    const ck_part blocks = cut_blocks ? ck_part_of(p->output_blocks, c->part, c->part_count) : all_blocks;
    if (blocks.first == blocks.end) return;
    for (size_t row = rows.first; row < rows.end; row += p->chunk_tile_rows)
        run_chunk(&s, row, ck_smaller(p->chunk_tile_rows, rows.end - row), blocks);
}
#endif
