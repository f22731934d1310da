// ARMv8.0: products of eight in int16, of two depth blocks added there by SMULL and SMLAL, then widened and added to
// the sums by SADALP. 2 * 127 * 128 = 32512 stays within int16 as long as no weight is -128.
//
// A tile is computed as squares of four pixels by four columns, 16 sums of four partial sums each. Packed weights are
// the two halves of the columns one after the other; in each, two depth blocks lie as [column][block][depth], and the
// last of an odd number as [column][depth].

#if defined(__aarch64__)
#include "matrix_neon.h"

enum { SQUARE = 4, PAIR_BYTES = 2 * SQUARE * CK_MATRIX_DEPTH, SQUARE_BYTES = SQUARE * CK_MATRIX_DEPTH };

static size_t place(size_t depth_blocks, size_t depth, size_t column) {
    const size_t block = depth / CK_MATRIX_DEPTH, half = column / SQUARE * depth_blocks * SQUARE_BYTES;
    const int alone = depth_blocks % 2 == 1 && block == depth_blocks - 1;
    const size_t in_pair = alone ? column % SQUARE : column % SQUARE * 2 + block % 2;
    return half + block / 2 * PAIR_BYTES + in_pair * CK_MATRIX_DEPTH + depth % CK_MATRIX_DEPTH;
}

/// One pixel's sums.
typedef struct {
    int32x4_t columns[SQUARE];
} sums;

// The inner loop is in assembly for the reason given in matrix_i8__neondot.c. v16...v19 and v20...v23 hold four pixels
// of two depth blocks, v24...v27 two columns' weights of both.

#define PRODUCTS(operation, a, b, c, d, w)          \
    operation " v28.8h, " a ".8b, " w ".8b\n\t"                  \
    operation " v29.8h, " b ".8b, " w ".8b\n\t"                  \
    operation " v30.8h, " c ".8b, " w ".8b\n\t"                  \
    operation " v31.8h, " d ".8b, " w ".8b\n\t"

/// The sums a...d of one column and four pixels.
#define COLUMN(a, b, c, d, first_weights, second_weights)                               \
    PRODUCTS("smull", "v16", "v17", "v18", "v19", first_weights)                     \
    PRODUCTS("smlal", "v20", "v21", "v22", "v23", second_weights)                    \
    "sadalp %" #a ".4s, v28.8h\n\tsadalp %" #b ".4s, v29.8h\n\t"                        \
    "sadalp %" #c ".4s, v30.8h\n\tsadalp %" #d ".4s, v31.8h\n\t"

#define TWO_COLUMNS COLUMN(0, 1, 2, 3, "v24", "v25") COLUMN(4, 5, 6, 7, "v26", "v27")

#define SUMS_OF_TWO(s, first, second)                                                                              \
    "+w"((s)[0].columns[first]), "+w"((s)[1].columns[first]), "+w"((s)[2].columns[first]),                         \
        "+w"((s)[3].columns[first]), "+w"((s)[0].columns[second]), "+w"((s)[1].columns[second]),                   \
        "+w"((s)[2].columns[second]), "+w"((s)[3].columns[second])

#define PRODUCT_REGISTERS "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31", "memory"

CK_INLINE void add_pair(sums *s, const int8_t **input, size_t stride, const int8_t **weights) {
    register int8x8_t x0 __asm__("v16"), x1 __asm__("v17"), x2 __asm__("v18"), x3 __asm__("v19");
    register int8x8_t y0 __asm__("v20"), y1 __asm__("v21"), y2 __asm__("v22"), y3 __asm__("v23");
    __asm__ volatile("ld1 {v16.8b - v19.8b}, [%8], %9\n\t"
                     "ld1 {v20.8b - v23.8b}, [%8], %9"
                     : "=w"(x0), "=w"(x1), "=w"(x2), "=w"(x3), "=w"(y0), "=w"(y1), "=w"(y2), "=w"(y3), "+r"(*input)
                     : "r"(stride) : "memory");
    __asm__ volatile("ld1 {v24.8b - v27.8b}, [%8], #32\n\t" TWO_COLUMNS
                     : SUMS_OF_TWO(s, 0, 1), "+r"(*weights)
                     : "w"(x0), "w"(x1), "w"(x2), "w"(x3), "w"(y0), "w"(y1), "w"(y2), "w"(y3) : PRODUCT_REGISTERS);
    __asm__ volatile("ld1 {v24.8b - v27.8b}, [%8], #32\n\t" TWO_COLUMNS
                     : SUMS_OF_TWO(s, 2, 3), "+r"(*weights)
                     : "w"(x0), "w"(x1), "w"(x2), "w"(x3), "w"(y0), "w"(y1), "w"(y2), "w"(y3) : PRODUCT_REGISTERS);
}

CK_INLINE void add_last(sums *s, const int8_t *input, const int8_t *weights) {
#pragma GCC unroll 4
    for (int column = 0; column < SQUARE; column++) {
        const int8x8_t w = vld1_s8(weights + column * CK_MATRIX_DEPTH);
#pragma GCC unroll 4
        for (int pixel = 0; pixel < SQUARE; pixel++) {
            int32x4_t *const sum = &s[pixel].columns[column];
            *sum = vpadalq_s16(*sum, vmull_s8(vld1_s8(input + pixel * CK_MATRIX_DEPTH), w));
        }
    }
}

/// A pixel's four columns, each the sum of its partial sums.
CK_INLINE int32x4_t total(sums s) {
    return vpaddq_s32(vpaddq_s32(s.columns[0], s.columns[1]), vpaddq_s32(s.columns[2], s.columns[3]));
}

/// Four pixels by four columns, scaled: [pixel][column]. `bias` holds each as the first of four partial sums.
CK_INLINE int8x16_t square(const int8_t *input, size_t stride, size_t depth_blocks, const int8_t *weights,
                           const int32x4_t *bias, float32x4_t factor, ck_neon_ends ends) {
    sums s[SQUARE];
#pragma GCC unroll 4
    for (int pixel = 0; pixel < SQUARE; pixel++)
        __asm__ volatile("ldp %q0, %q1, [%4]\n\tldp %q2, %q3, [%4, #32]"
                         : "=&w"(s[pixel].columns[0]), "=&w"(s[pixel].columns[1]), "=&w"(s[pixel].columns[2]),
                           "=&w"(s[pixel].columns[3]) : "r"(bias) : "memory");
    for (size_t pairs = depth_blocks / 2; pairs != 0; pairs--) add_pair(s, &input, stride, &weights);
    if (depth_blocks % 2) add_last(s, input, weights);
    const int16x8_t low = ck_neon_scale(total(s[0]), total(s[1]), factor, factor, ends);
    const int16x8_t high = ck_neon_scale(total(s[2]), total(s[3]), factor, factor, ends);
    return ck_neon_saturate(low, high);
}

CK_INLINE void strip(const ck_matrix_strip *a, int squares) {
    const ck_neon_ends ends = ck_neon_ends_of(&a->range);
    const int clamps = ck_neon_clamps(&a->range);
    const size_t stride = a->block_stride, depth_blocks = a->depth_blocks, tile_stride = a->tile_stride;
    const int8_t *const low_weights = a->weights;
    const int8_t *const high_weights = low_weights + depth_blocks * SQUARE_BYTES;
    const float32x4_t low_factor = vld1q_f32(a->multipliers), high_factor = vld1q_f32(a->multipliers + SQUARE);
    int32x4_t bias[CK_MATRIX_COLUMNS];
    for (int column = 0; column < CK_MATRIX_COLUMNS; column++)
        bias[column] = vsetq_lane_s32(a->bias[column], vdupq_n_s32(0), 0);
    const int8_t *tile = a->input;
    int8_t *output = a->output;
    for (size_t tiles = a->tile_count; tiles != 0; tiles--, tile += tile_stride) {
        const int8_t *input = tile;
        for (int index = squares; index != 0; index--, input += SQUARE_BYTES) {
            const int8x16_t low = square(input, stride, depth_blocks, low_weights, bias, low_factor, ends);
            const int8x16_t high = square(input, stride, depth_blocks, high_weights, bias + SQUARE, high_factor, ends);
            const int32x4x2_t pixels = vzipq_s32(vreinterpretq_s32_s8(low), vreinterpretq_s32_s8(high));
            vst1q_s8(output, vreinterpretq_s8_s32(pixels.val[0]));
            vst1q_s8(output + 16, vreinterpretq_s8_s32(pixels.val[1]));
            output += SQUARE * CK_MATRIX_COLUMNS;
        }
        if (clamps) ck_neon_clamp_tile(output - squares * SQUARE * CK_MATRIX_COLUMNS, squares * SQUARE, ends);
    }
}

static void wide(const ck_matrix_strip *a) { strip(a, 3); }
static void middle(const ck_matrix_strip *a) { strip(a, 2); }
static void narrow(const ck_matrix_strip *a) { strip(a, 1); }

/// One row by four columns.
CK_INLINE int32x4_t vector_square(const ck_matrix_vector *v, const int8_t *weights, const int32_t *bias) {
    sums s = {{vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0)}};
    const int8_t *input = v->input;
    for (size_t pairs = v->depth_blocks / 2; pairs != 0; pairs--) {
        const int8x16_t x = vld1q_s8(input);
#pragma GCC unroll 4
        for (int column = 0; column < SQUARE; column++) {
            const int8x16_t w = vld1q_s8(weights + column * 2 * CK_MATRIX_DEPTH);
            const int16x8_t products = vmlal_high_s8(vmull_s8(vget_low_s8(x), vget_low_s8(w)), x, w);
            s.columns[column] = vpadalq_s16(s.columns[column], products);
        }
        input += 2 * CK_MATRIX_DEPTH, weights += PAIR_BYTES;
    }
    if (v->depth_blocks % 2)
#pragma GCC unroll 4
        for (int column = 0; column < SQUARE; column++) {
            const int16x8_t products = vmull_s8(vld1_s8(input), vld1_s8(weights + column * CK_MATRIX_DEPTH));
            s.columns[column] = vpadalq_s16(s.columns[column], products);
        }
    return vaddq_s32(total(s), vld1q_s32(bias));
}

static void vector(const ck_matrix_vector *v) {
    const ck_neon_ends ends = ck_neon_ends_of(&v->range);
    const size_t half_bytes = v->depth_blocks * SQUARE_BYTES;
    const int8_t *weights = v->weights;
    for (size_t column = 0; column < v->column_blocks * CK_MATRIX_COLUMNS; column += CK_MATRIX_COLUMNS) {
        const int32x4_t low = vector_square(v, weights, v->bias + column);
        const int32x4_t high = vector_square(v, weights + half_bytes, v->bias + column + SQUARE);
        weights += 2 * half_bytes;
        const int16x8_t scaled = ck_neon_scale(low, high, vld1q_f32(v->multipliers + column),
                                               vld1q_f32(v->multipliers + column + SQUARE), ends);
        vst1_s8(v->output + column, ck_neon_clamp(vqmovn_s16(scaled), ends));
    }
}

const ck_matrix ck_matrix_i8__neon = {
    .place = place,
    .forms = {{3 * SQUARE, wide}, {2 * SQUARE, middle}, {SQUARE, narrow}},
    .vector = vector,
};
#endif
