// Into blocks, from either layout: two pixels of a block at a time, of which the channels that are not copied stay as
// they are. Out of blocks: channel by channel, eight pixels at a time.

#if defined(__aarch64__)
#include <stdbool.h>
#include <string.h>

#include "../kernels.h"
#include "../transpose_neon.h"
#include "copy_i8.h"

enum { BLOCK = CK_BLOCK_CHANNELS, LANES = 16 };

/// Pixels of one block of the output, or of one of its channels.
typedef struct {
    size_t line;   ///< the block, or the channel, counted from the copy's first
    size_t y;      ///< its row
    size_t count;  ///< pixels; more than a row's where rows follow each other without gaps on both sides
} stretch;

/// Which of a block's channels are copied, twice over, and by how much what is copied differs from its source.
typedef struct {
    uint8x16_t is_copied, flip;
    bool is_whole;
} lanes;

static inline int8x16_t flipped(int8x16_t values, const lanes *l) {
    return vreinterpretq_s8_u8(veorq_u8(vreinterpretq_u8_s8(values), l->flip));
}

static inline void store_pair(int8x16_t values, const lanes *l, int8_t *output) {
    const int8x16_t changed = flipped(values, l);
    vst1q_s8(output, l->is_whole ? changed : vbslq_s8(l->is_copied, changed, vld1q_s8(output)));
}

/// Bytes of a line of the output before its row y.
static inline size_t row_bytes(const ck_image_layout *layout, size_t y) {
    return y * layout->row_pixels * (layout->is_blocked ? BLOCK : 1);
}

/// The input's channel that the first channel of output block `block` would be, which may lie before the copy's first.
static inline ptrdiff_t source_of(const ck_copy_i8 *a, size_t block) {
    return (ptrdiff_t)a->input_layout.first_channel - (ptrdiff_t)a->output_layout.first_channel +
           (ptrdiff_t)(block * BLOCK);
}

// --- From blocks to blocks: a block's channels lie in one or two of the input's.

typedef struct {
    const int8_t *first, *second;
    uint8x16_t index;  ///< into two pixels of the first, followed by two of the second
} sources;

static sources sources_of(const ck_copy_i8 *a, ptrdiff_t source, size_t first_lane, size_t end_lane, size_t y) {
    const ck_image_layout *layout = &a->input_layout;
    const ptrdiff_t low = source + (ptrdiff_t)first_lane, high = source + (ptrdiff_t)end_lane - 1;
    const size_t plane_bytes = layout->plane_pixels * BLOCK, row = row_bytes(layout, y);
    sources s;
    s.first = a->input + (size_t)low / BLOCK * plane_bytes + row;
    s.second = a->input + (size_t)high / BLOCK * plane_bytes + row;
    uint8_t index[LANES] = {0};
    for (size_t lane = first_lane; lane < end_lane; lane++) {
        const size_t channel = (size_t)(source + (ptrdiff_t)lane);
        const size_t place = channel / BLOCK == (size_t)low / BLOCK ? channel % BLOCK : LANES + channel % BLOCK;
        index[lane] = (uint8_t)place, index[lane + BLOCK] = (uint8_t)(place + BLOCK);
    }
    s.index = vld1q_u8(index);
    return s;
}

static inline int8x16_t pick(int8x16_t first, int8x16_t second, uint8x16_t index) {
    return vqtbl2q_s8((int8x16x2_t){{first, second}}, index);
}

static void blocks_to_block(const sources *s, const lanes *l, size_t count, int8_t *output) {
    const size_t even = count / 2 * LANES;
    for (size_t byte = 0; byte < even; byte += LANES)
        store_pair(pick(vld1q_s8(s->first + byte), vld1q_s8(s->second + byte), s->index), l, output + byte);
    if (count % 2 == 0) return;
    int8_t both[2 * LANES] = {0}, last[LANES];
    memcpy(both, s->first + even, BLOCK), memcpy(both + LANES, s->second + even, BLOCK);
    memcpy(last, output + even, BLOCK), memcpy(last + BLOCK, output + even, BLOCK);
    store_pair(pick(vld1q_s8(both), vld1q_s8(both + LANES), s->index), l, last);
    memcpy(output + even, last, BLOCK);
}

// --- From rows to blocks.

static void store_pixels(const int8x16_t rows[BLOCK], const lanes *l, int8_t *output) {
    int8x16_t pairs[BLOCK];
    ck_neon_into_block(rows, pairs);
    for (size_t pair = 0; pair < BLOCK; pair++) store_pair(pairs[pair], l, output + pair * LANES);
}

static void rows_to_block(const int8_t *const sources[BLOCK], const lanes *l, size_t count, int8_t *output) {
    int8x16_t rows[BLOCK];
    for (size_t lane = 0; lane < BLOCK; lane++) rows[lane] = vdupq_n_s8(0);
    size_t pixel = 0;
    for (; pixel + LANES <= count; pixel += LANES) {
        for (size_t lane = 0; lane < BLOCK; lane++)
            if (sources[lane] != NULL) rows[lane] = vld1q_s8(sources[lane] + pixel);
        store_pixels(rows, l, output + pixel * BLOCK);
    }
    const size_t left = count - pixel;
    if (left == 0) return;
    int8_t last[LANES * BLOCK] = {0};
    for (size_t lane = 0; lane < BLOCK; lane++) {
        int8_t rest[LANES] = {0};
        if (sources[lane] != NULL) memcpy(rest, sources[lane] + pixel, left);
        rows[lane] = vld1q_s8(rest);
    }
    memcpy(last, output + pixel * BLOCK, left * BLOCK);
    store_pixels(rows, l, last);
    memcpy(output + pixel * BLOCK, last, left * BLOCK);
}

static void into_block(const ck_copy_i8 *a, stretch part) {
    const ck_image_layout *to = &a->output_layout, *from = &a->input_layout;
    const size_t block = to->first_channel / BLOCK + part.line, end = to->first_channel + a->channels;
    const size_t first_lane = part.line == 0 ? to->first_channel % BLOCK : 0;
    const size_t end_lane = end - block * BLOCK < BLOCK ? end - block * BLOCK : BLOCK;
    const ptrdiff_t source = source_of(a, block);
    uint8_t is_copied[LANES] = {0};
    for (size_t lane = first_lane; lane < end_lane; lane++) is_copied[lane] = is_copied[lane + BLOCK] = UINT8_MAX;
    const lanes l = {vld1q_u8(is_copied), vdupq_n_u8(a->flip_sign ? 0x80 : 0), end_lane - first_lane == BLOCK};
    int8_t *output = a->output + block * to->plane_pixels * BLOCK + row_bytes(to, part.y);
    if (from->is_blocked) {
        const sources s = sources_of(a, source, first_lane, end_lane, part.y);
        blocks_to_block(&s, &l, part.count, output);
        return;
    }
    const int8_t *rows[BLOCK] = {NULL};
    for (size_t lane = first_lane; lane < end_lane; lane++)
        rows[lane] = a->input + (size_t)(source + (ptrdiff_t)lane) * from->plane_pixels + row_bytes(from, part.y);
    rows_to_block(rows, &l, part.count, output);
}

// --- Into rows.

static void into_row(const ck_copy_i8 *a, stretch part) {
    const ck_channel_place from = ck_channel_of(&a->input_layout, part.line);
    const ck_channel_place to = ck_channel_of(&a->output_layout, part.line);
    const int8_t *input = a->input + from.offset + row_bytes(&a->input_layout, part.y);
    int8_t *output = a->output + to.offset + row_bytes(&a->output_layout, part.y);
    const int8_t flip = a->flip_sign ? INT8_MIN : 0;
    size_t pixel = 0;
    if (!a->input_layout.is_blocked) {
        for (; pixel + LANES <= part.count; pixel += LANES)
            vst1q_s8(output + pixel, veorq_s8(vld1q_s8(input + pixel), vdupq_n_s8(flip)));
    } else {
        const size_t lane = from.offset % BLOCK;
        const uint8x8_t index = ck_neon_channel_index(lane);
        for (; pixel + BLOCK <= part.count; pixel += BLOCK)
            vst1_s8(output + pixel, veor_s8(ck_neon_channel(input - lane + pixel * BLOCK, index), vdup_n_s8(flip)));
    }
    for (; pixel < part.count; pixel++) output[pixel] = input[pixel * from.pixel_bytes] ^ flip;
}

void ck_copy_i8__neon(const ck_copy_i8 *a) {
    const ck_image_layout *to = &a->output_layout;
    const size_t first_block = to->first_channel / BLOCK;
    const size_t lines = to->is_blocked ? ck_blocks(to->first_channel + a->channels) - first_block : a->channels;
    const ck_span share = ck_share(lines * a->rows, 1, a->part, a->part_count);
    const bool is_gapless = to->row_pixels == a->columns && a->input_layout.row_pixels == a->columns;
    size_t rows = 1;
    for (size_t row = share.first; row < share.end; row += rows) {
        const size_t y = row % a->rows, left = a->rows - y < share.end - row ? a->rows - y : share.end - row;
        rows = is_gapless ? left : 1;
        const stretch part = {row / a->rows, y, rows * a->columns};
        if (to->is_blocked)
            into_block(a, part);
        else
            into_row(a, part);
    }
}
#endif
