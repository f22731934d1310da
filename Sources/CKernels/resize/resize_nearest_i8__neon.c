// A pixel of a block is one register of eight bytes; a row equal to the one before it is copied from there.

#if defined(__aarch64__)
#include <arm_neon.h>
#include <stdbool.h>
#include <string.h>

#include "../kernels.h"
#include "../share.h"

enum { BLOCK = CK_BLOCK_CHANNELS, PAIR = 16 };

/// Every column twice.
static bool is_doubling(const ck_resize_nearest_i8 *a) {
    if (a->output_columns != 2 * a->input_columns) return false;
    for (size_t x = 0; x < a->output_columns; x++)
        if (a->column_source[x] != x / 2) return false;
    return true;
}

static void double_row(const int8_t *input, size_t columns, int8_t *output) {
    size_t x = 0;
    for (; x + 2 <= columns; x += 2, input += PAIR, output += 2 * PAIR) {
        const int64x2_t pair = vld1q_s64((const int64_t *)input);
        vst1q_s64((int64_t *)output, vdupq_laneq_s64(pair, 0));
        vst1q_s64((int64_t *)(output + PAIR), vdupq_laneq_s64(pair, 1));
    }
    if (x < columns) vst1q_s64((int64_t *)output, vld1q_dup_s64((const int64_t *)input));
}

static void pick_row(const ck_resize_nearest_i8 *a, const int8_t *input, int8_t *output) {
    for (size_t x = 0; x < a->output_columns; x++)
        vst1_s8(output + x * BLOCK, vld1_s8(input + a->column_source[x] * (size_t)BLOCK));
}

void ck_resize_nearest_i8__neon(const ck_resize_nearest_i8 *a) {
    const ck_span share = ck_share_of_rows(a->channels, a->output_rows, a->part, a->part_count);
    const size_t row_bytes = a->output_columns * BLOCK;
    const bool doubles = is_doubling(a);
    const int8_t *previous = NULL;
    int8_t *output = a->output + share.first * row_bytes;
    for (size_t row = share.first; row < share.end; row++, output += row_bytes) {
        const size_t source = row / a->output_rows * a->input_rows + a->row_source[row % a->output_rows];
        const int8_t *input = a->input + source * a->input_columns * BLOCK;
        if (input == previous)
            memcpy(output, output - row_bytes, row_bytes);
        else if (doubles)
            double_row(input, a->input_columns, output);
        else
            pick_row(a, input, output);
        previous = input;
    }
}
#endif
