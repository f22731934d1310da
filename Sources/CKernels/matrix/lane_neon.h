// ARMv8.0, int16: SMLAL by lane adds the products of a pixel's channel with four columns' weights to their sums.

#ifndef OUTPOST_LANE_NEON_H
#define OUTPOST_LANE_NEON_H

#include "matrix_neon.h"

// In assembly for the reason given in matrix_i8__neondot.c. v0...v3 hold four pixels, eight channels each, and v4...v11
// each channel's weights of eight columns; the sums are the operands 0...7.

#define CK_LANE_PIXEL(low, high, w, x, lane)                                      \
    "smlal %" #low ".4s, v" #w ".4h, v" #x ".h[" #lane "]\n\t"                    \
    "smlal2 %" #high ".4s, v" #w ".8h, v" #x ".h[" #lane "]\n\t"
#define CK_LANE_CHANNEL(w, lane)                                                  \
    CK_LANE_PIXEL(0, 1, w, 0, lane) CK_LANE_PIXEL(2, 3, w, 1, lane)               \
    CK_LANE_PIXEL(4, 5, w, 2, lane) CK_LANE_PIXEL(6, 7, w, 3, lane)
#define CK_LANE_BLOCK                                                                           \
    CK_LANE_CHANNEL(4, 0) CK_LANE_CHANNEL(5, 1) CK_LANE_CHANNEL(6, 2) CK_LANE_CHANNEL(7, 3)     \
    CK_LANE_CHANNEL(8, 4) CK_LANE_CHANNEL(9, 5) CK_LANE_CHANNEL(10, 6) CK_LANE_CHANNEL(11, 7)

/// One pixel's sums.
typedef struct {
    int32x4_t low, high;  ///< columns 0...3 and 4...7
} ck_lane_sums;

#define CK_LANE_SUMS_OF_FOUR(s)                                                                                    \
    "+w"((s)[0].low), "+w"((s)[0].high), "+w"((s)[1].low), "+w"((s)[1].high), "+w"((s)[2].low), "+w"((s)[2].high), \
        "+w"((s)[3].low), "+w"((s)[3].high)

/// Adds the products of one block of eight channels of `pixels`, four or eight, with eight columns: the input is
/// [pixels][8], the weights [channels][8]. The addresses step on.
CK_INLINE void ck_lane_add_int16(ck_lane_sums *s, int pixels, const int16_t **input, const int16_t **weights) {
    register int16x8_t w0 __asm__("v4"), w1 __asm__("v5"), w2 __asm__("v6"), w3 __asm__("v7");
    register int16x8_t w4 __asm__("v8"), w5 __asm__("v9"), w6 __asm__("v10"), w7 __asm__("v11");
    __asm__ volatile("ld1 {v4.8h - v7.8h}, [%8], #64\n\tld1 {v8.8h - v11.8h}, [%8], #64"
                     : "=w"(w0), "=w"(w1), "=w"(w2), "=w"(w3), "=w"(w4), "=w"(w5), "=w"(w6), "=w"(w7), "+r"(*weights)
                     : : "memory");
#pragma GCC unroll 2
    for (int pixel = 0; pixel < pixels; pixel += 4)
        __asm__ volatile("ld1 {v0.8h - v3.8h}, [%8], #64\n\t" CK_LANE_BLOCK
                         : CK_LANE_SUMS_OF_FOUR(s + pixel), "+r"(*input)
                         : "w"(w0), "w"(w1), "w"(w2), "w"(w3), "w"(w4), "w"(w5), "w"(w6), "w"(w7)
                         : "v0", "v1", "v2", "v3", "memory");
}

/// The same for four pixels of bytes, [4][8], which are widened on the way.
CK_INLINE void ck_lane_add_int8(ck_lane_sums *s, const int8_t *input, const int16_t **weights) {
    __asm__ volatile("ldp q1, q3, [%9]\n\t"
                     "sshll v0.8h, v1.8b, #0\n\tsshll2 v1.8h, v1.16b, #0\n\t"
                     "sshll v2.8h, v3.8b, #0\n\tsshll2 v3.8h, v3.16b, #0\n\t"
                     "ld1 {v4.8h - v7.8h}, [%8], #64\n\tld1 {v8.8h - v11.8h}, [%8], #64\n\t" CK_LANE_BLOCK
                     : CK_LANE_SUMS_OF_FOUR(s), "+r"(*weights)
                     : "r"(input)
                     : "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "memory");
}

#endif
