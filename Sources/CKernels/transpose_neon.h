// Between rows of channels and blocks of them.

#ifndef OUTPOST_TRANSPOSE_NEON_H
#define OUTPOST_TRANSPOSE_NEON_H

#if defined(__aarch64__)
#include <arm_neon.h>

#include "ckernels.h"

/// Sixteen pixels of eight channels, a channel to a row, become eight pairs of pixels of a block.
static inline void ck_neon_into_block(const int8x16_t rows[CK_BLOCK_CHANNELS], int8x16_t pairs[CK_BLOCK_CHANNELS]) {
    // Bytes of channels (0, 4), (1, 5) ... alternate, then those of (0, 2, 4, 6) and (1, 3, 5, 7), then all.
    int8x16_t twos[8], fours[8];
    for (size_t row = 0; row < 4; row++) {
        twos[row] = vzip1q_s8(rows[row], rows[row + 4]);
        twos[row + 4] = vzip2q_s8(rows[row], rows[row + 4]);
    }
    for (size_t half = 0; half < 8; half += 4)
        for (size_t row = 0; row < 2; row++) {
            fours[half + row] = vzip1q_s8(twos[half + row], twos[half + row + 2]);
            fours[half + row + 2] = vzip2q_s8(twos[half + row], twos[half + row + 2]);
        }
    for (size_t quarter = 0; quarter < 8; quarter += 2) {
        pairs[quarter] = vzip1q_s8(fours[quarter], fours[quarter + 1]);
        pairs[quarter + 1] = vzip2q_s8(fours[quarter], fours[quarter + 1]);
    }
}

/// The indices of channel `lane` among eight pixels of a block, for ck_neon_channel().
static inline uint8x8_t ck_neon_channel_index(size_t lane) {
    static const uint8_t firsts[CK_BLOCK_CHANNELS] = {0, 8, 16, 24, 32, 40, 48, 56};
    return vadd_u8(vld1_u8(firsts), vdup_n_u8((uint8_t)lane));
}

/// One channel of eight pixels of a block.
static inline int8x8_t ck_neon_channel(const int8_t *block, uint8x8_t index) {
    return vqtbl4_s8(vld1q_s8_x4(block), index);
}
#endif
#endif
