// ARMv8.0, deep sums: strips of three pixels by four columns, of which the products of four depth blocks are added in
// int16 before they are widened, where the weights allow it: five instructions do what takes six in pairs.
//
// The four weights that meet in a lane must not exceed 255 in all: 255 * 128 = 32640. Packing notes of every four
// blocks whether that holds for all its columns and lanes; where it does not they are added in pairs.
//
// Each half of the columns: four blocks lie as [column][block][depth], the up to three that are left as
// [block][column][depth]. After both halves, the notes: a byte for every four blocks, half by half.

#ifndef OUTPOST_DEEP_NEON_H
#define OUTPOST_DEEP_NEON_H

#include "matrix_neon.h"

enum {
    CK_DEEP_PIXELS = 3,
    CK_DEEP_COLUMNS = 4,
    CK_DEEP_FOUR = 4,  ///< depth blocks added in int16
    CK_DEEP_COLUMN_BYTES = CK_DEEP_FOUR * CK_MATRIX_DEPTH,
    CK_DEEP_FOUR_BYTES = CK_DEEP_COLUMNS * CK_DEEP_COLUMN_BYTES,
    CK_DEEP_MOST_WEIGHTS = 255,
};

static inline size_t ck_deep_place(size_t depth_blocks, size_t depth, size_t column) {
    const size_t block = depth / CK_MATRIX_DEPTH, fours = depth_blocks / CK_DEEP_FOUR;
    const size_t in_half = column % CK_DEEP_COLUMNS;
    const size_t start = column / CK_DEEP_COLUMNS * depth_blocks * CK_DEEP_COLUMNS * CK_MATRIX_DEPTH +
                         block / CK_DEEP_FOUR * CK_DEEP_FOUR_BYTES + depth % CK_MATRIX_DEPTH;
    const size_t among = block % CK_DEEP_FOUR;
    if (block / CK_DEEP_FOUR == fours) return start + (among * CK_DEEP_COLUMNS + in_half) * CK_MATRIX_DEPTH;
    return start + in_half * CK_DEEP_COLUMN_BYTES + among * CK_MATRIX_DEPTH;
}

static inline size_t ck_deep_note_bytes(size_t depth_blocks) {
    return (2 * (depth_blocks / CK_DEEP_FOUR) + 15) / 16 * 16;
}

/// Whether the products of four blocks' weights can be added in int16.
static inline int8_t ck_deep_is_light(const int8_t *four) {
    for (int column = 0; column < CK_DEEP_COLUMNS; column++, four += CK_DEEP_COLUMN_BYTES)
        for (int lane = 0; lane < CK_MATRIX_DEPTH; lane++) {
            int magnitude = 0;
            for (int block = 0; block < CK_DEEP_FOUR; block++) {
                const int weight = four[block * CK_MATRIX_DEPTH + lane];
                magnitude += weight < 0 ? -weight : weight;
            }
            if (magnitude > CK_DEEP_MOST_WEIGHTS) return 0;
        }
    return 1;
}

static inline void ck_deep_note(size_t depth_blocks, int8_t *block) {
    const size_t fours = depth_blocks / CK_DEEP_FOUR;
    int8_t *notes = block + depth_blocks * CK_MATRIX_BLOCK_BYTES;
    for (int half = 0; half < 2; half++) {
        const int8_t *weights = block + (size_t)half * depth_blocks * CK_DEEP_COLUMNS * CK_MATRIX_DEPTH;
        for (size_t four = 0; four < fours; four++) *notes++ = ck_deep_is_light(weights + four * CK_DEEP_FOUR_BYTES);
    }
}

// In assembly for the reason given in matrix_i8__neondot.c. v16...v27 hold three pixels of four depth blocks, v28...v31
// a column's weights of them.

#define CK_DEEP_PRODUCTS(operation, a, b, c, w)                                                            \
    operation " v13.8h, v" #a ".8b, v" #w ".8b\n\t" operation " v14.8h, v" #b ".8b, v" #w ".8b\n\t"        \
    operation " v15.8h, v" #c ".8b, v" #w ".8b\n\t"
#define CK_DEEP_WIDEN "sadalp %0.4s, v13.8h\n\tsadalp %1.4s, v14.8h\n\tsadalp %2.4s, v15.8h\n\t"
#define CK_DEEP_LOAD "ld1 {v28.8b - v31.8b}, [%3], #32\n\t"

#define CK_DEEP_BY_FOUR                                                                              \
    CK_DEEP_LOAD CK_DEEP_PRODUCTS("smull", 16, 17, 18, 28) CK_DEEP_PRODUCTS("smlal", 19, 20, 21, 29) \
    CK_DEEP_PRODUCTS("smlal", 22, 23, 24, 30) CK_DEEP_PRODUCTS("smlal", 25, 26, 27, 31) CK_DEEP_WIDEN
#define CK_DEEP_BY_TWO                                                                               \
    CK_DEEP_LOAD CK_DEEP_PRODUCTS("smull", 16, 17, 18, 28) CK_DEEP_PRODUCTS("smlal", 19, 20, 21, 29) \
    CK_DEEP_WIDEN CK_DEEP_PRODUCTS("smull", 22, 23, 24, 30) CK_DEEP_PRODUCTS("smlal", 25, 26, 27, 31) CK_DEEP_WIDEN

#define CK_DEEP_COLUMN(instructions, column)                                                                     \
    __asm__ volatile(instructions                                                                                \
                     : "+w"(s[0].columns[column]), "+w"(s[1].columns[column]), "+w"(s[2].columns[column]),       \
                       "+r"(*weights)                                                                            \
                     : "w"(a0), "w"(a1), "w"(a2), "w"(b0), "w"(b1), "w"(b2), "w"(c0), "w"(c1), "w"(c2), "w"(d0), \
                       "w"(d1), "w"(d2)                                                                          \
                     : "v13", "v14", "v15", "v28", "v29", "v30", "v31", "memory")

/// One pixel's sums, each of four partial sums.
typedef struct {
    int32x4_t columns[CK_DEEP_COLUMNS];
} ck_deep_sums;

CK_INLINE void ck_deep_add_four(ck_deep_sums *s, const int8_t **input, size_t stride, const int8_t **weights,
                                int8_t is_light) {
    register int8x8_t a0 __asm__("v16"), a1 __asm__("v17"), a2 __asm__("v18"), b0 __asm__("v19");
    register int8x8_t b1 __asm__("v20"), b2 __asm__("v21"), c0 __asm__("v22"), c1 __asm__("v23");
    register int8x8_t c2 __asm__("v24"), d0 __asm__("v25"), d1 __asm__("v26"), d2 __asm__("v27");
    __asm__ volatile("ld1 {v16.8b - v18.8b}, [%12], %13\n\tld1 {v19.8b - v21.8b}, [%12], %13\n\t"
                     "ld1 {v22.8b - v24.8b}, [%12], %13\n\tld1 {v25.8b - v27.8b}, [%12], %13"
                     : "=w"(a0), "=w"(a1), "=w"(a2), "=w"(b0), "=w"(b1), "=w"(b2), "=w"(c0), "=w"(c1), "=w"(c2),
                       "=w"(d0), "=w"(d1), "=w"(d2), "+r"(*input)
                     : "r"(stride) : "memory");
    if (is_light) {
        CK_DEEP_COLUMN(CK_DEEP_BY_FOUR, 0);
        CK_DEEP_COLUMN(CK_DEEP_BY_FOUR, 1);
        CK_DEEP_COLUMN(CK_DEEP_BY_FOUR, 2);
        CK_DEEP_COLUMN(CK_DEEP_BY_FOUR, 3);
    } else {
        CK_DEEP_COLUMN(CK_DEEP_BY_TWO, 0);
        CK_DEEP_COLUMN(CK_DEEP_BY_TWO, 1);
        CK_DEEP_COLUMN(CK_DEEP_BY_TWO, 2);
        CK_DEEP_COLUMN(CK_DEEP_BY_TWO, 3);
    }
}

CK_INLINE int32x4_t ck_deep_total(ck_deep_sums s) {
    return vpaddq_s32(vpaddq_s32(s.columns[0], s.columns[1]), vpaddq_s32(s.columns[2], s.columns[3]));
}

/// Three pixels by four columns, scaled: [pixel][column], and a fourth pixel of no meaning. `bias` holds each as the
/// first of four partial sums.
CK_INLINE int8x16_t ck_deep_strip(const int8_t *input, size_t stride, size_t depth_blocks, const int8_t *weights,
                                  const int8_t *notes, const int32x4_t *bias, float32x4_t factor, ck_matrix_ends ends) {
    ck_deep_sums s[CK_DEEP_PIXELS];
#pragma GCC unroll 3
    for (int pixel = 0; pixel < CK_DEEP_PIXELS; pixel++)
        __asm__ volatile("ldp %q0, %q1, [%4]\n\tldp %q2, %q3, [%4, #32]"
                         : "=&w"(s[pixel].columns[0]), "=&w"(s[pixel].columns[1]), "=&w"(s[pixel].columns[2]),
                           "=&w"(s[pixel].columns[3]) : "r"(bias) : "memory");
    for (size_t fours = depth_blocks / CK_DEEP_FOUR; fours != 0; fours--)
        ck_deep_add_four(s, &input, stride, &weights, *notes++);
    for (size_t rest = depth_blocks % CK_DEEP_FOUR; rest != 0; rest--, input += stride) {
#pragma GCC unroll 4
        for (int column = 0; column < CK_DEEP_COLUMNS; column++, weights += CK_MATRIX_DEPTH) {
            const int8x8_t w = vld1_s8(weights);
#pragma GCC unroll 3
            for (int pixel = 0; pixel < CK_DEEP_PIXELS; pixel++) {
                int32x4_t *const sum = &s[pixel].columns[column];
                *sum = vpadalq_s16(*sum, vmull_s8(vld1_s8(input + pixel * CK_MATRIX_DEPTH), w));
            }
        }
    }
    const int32x4_t third = ck_deep_total(s[2]);
    const int16x8_t low = ck_matrix_scale(ck_deep_total(s[0]), ck_deep_total(s[1]), factor, factor, ends);
    return ck_matrix_saturate(low, ck_matrix_scale(third, third, factor, factor, ends));
}

#endif
