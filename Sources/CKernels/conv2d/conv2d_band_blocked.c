#include <string.h>

#include "conv2d_band.h"

typedef struct {
    size_t stride, phase, pad, extent;
} axis;

/// Entries of a phase that lie inside the image: first...<end of 0..<count.
static ck_part inside(axis a, size_t count) {
    // Entry i is image coordinate i * stride + phase - pad.
    const size_t before = a.pad > a.phase ? (a.pad - a.phase + a.stride - 1) / a.stride : 0;
    const size_t limit = a.extent + a.pad;
    const size_t end = limit > a.phase ? (limit - a.phase + a.stride - 1) / a.stride : 0;
    const size_t first = ck_smaller(before, count);
    return (ck_part){first, end < first ? first : ck_smaller(end, count)};
}

/// Pixels of a block. Rows are short: a call of memcpy takes as long as its copy.
static inline void copy_pixels(int8_t *to, const int8_t *from, size_t count) {
#if defined(__aarch64__)
    for (; count >= 8; count -= 8)
        __asm__ volatile("ld1 {v0.16b - v3.16b}, [%0], #64\n\tst1 {v0.16b - v3.16b}, [%1], #64"
                         : "+r"(from), "+r"(to) : : "v0", "v1", "v2", "v3", "memory");
    for (; count > 0; count--, from += CK_BLOCK_CHANNELS, to += CK_BLOCK_CHANNELS) memcpy(to, from, CK_BLOCK_CHANNELS);
#else
    memcpy(to, from, count * CK_BLOCK_CHANNELS);
#endif
}

/// Pixels outside the image, mostly one or none.
static inline void fill_pixels(int8_t *to, int32_t outside, size_t count) {
    const uint64_t pixel = (uint8_t)outside * UINT64_C(0x0101010101010101);
    for (; count > 0; count--, to += CK_BLOCK_CHANNELS) memcpy(to, &pixel, CK_BLOCK_CHANNELS);
}

static void fill_columns(const ck_window *w, const int8_t *row, size_t phase, size_t columns, int32_t outside,
                         int8_t *to) {
    const axis a = {w->stride_columns, phase, w->pad_left, w->input_columns};
    const ck_part present = inside(a, columns);
    fill_pixels(to, outside, present.first);
    if (present.end > present.first) {
        const int8_t *from = row + (present.first * a.stride + phase - a.pad) * CK_BLOCK_CHANNELS;
        int8_t *pixel = to + present.first * CK_BLOCK_CHANNELS;
        const size_t count = present.end - present.first;
        if (a.stride == 1)
            copy_pixels(pixel, from, count);
        else
            for (size_t index = 0; index < count; index++)
                memcpy(pixel + index * CK_BLOCK_CHANNELS, from + index * a.stride * CK_BLOCK_CHANNELS,
                       CK_BLOCK_CHANNELS);
    }
    fill_pixels(to + present.end * CK_BLOCK_CHANNELS, outside, columns - present.end);
}

void ck_conv2d_band_fill_blocked(const ck_conv2d_i8 *c, const ck_conv2d_band *band) {
    const ck_window *w = &c->shape.window;
    const size_t image_plane = w->input_rows * w->input_columns * CK_BLOCK_CHANNELS;
    const size_t row_bytes = band->columns * CK_BLOCK_CHANNELS;
    int8_t *to = band->start;
    for (size_t block = 0; block < ck_blocks(c->shape.input_channels); block++)
        for (size_t row_phase = 0; row_phase < band->row_phases; row_phase++)
            for (size_t row = 0; row < band->rows; row++) {
                const size_t padded = (band->first_row + row) * w->stride_rows + row_phase, y = padded - w->pad_top;
                const int in_image = padded >= w->pad_top && y < w->input_rows;
                const size_t place = block * image_plane + y * w->input_columns * CK_BLOCK_CHANNELS;
                // Outside the image there is not even an address.
                const int8_t *from = in_image ? c->input + place : NULL;
                for (size_t phase = 0; phase < band->column_phases; phase++, to += row_bytes) {
                    if (in_image)
                        fill_columns(w, from, phase, band->columns, c->input_zero_point, to);
                    else
                        memset(to, c->input_zero_point, row_bytes);
                }
            }
}

// Segments of a tile: its pixels in one row of the output. Each is copied as a whole tile, the next over its surplus.
typedef struct {
    size_t count;
    size_t offsets[CK_MATRIX_MOST_PIXELS];  ///< in the band, bytes from where a tap's first pixel lies
    size_t places[CK_MATRIX_MOST_PIXELS];   ///< in the tile, bytes
} segments;

static segments cut_by_rows(const ck_window *w, const ck_conv2d_band *band, size_t first, size_t count) {
    segments s = {0};
    size_t y = first / w->output_columns, x = first % w->output_columns;
    for (size_t done = 0; done < count; s.count++) {
        s.offsets[s.count] = ck_conv2d_band_pixel(band, y, x);
        s.places[s.count] = done * CK_BLOCK_CHANNELS;
        done += w->output_columns - x;
        x = 0, y++;
    }
    return s;
}

/// Copies a tile's block, a length known to the compiler, and steps on.
static inline __attribute__((always_inline)) void copy_tile(int8_t **to, const int8_t **from, size_t plane,
                                                            size_t bytes) {
#if defined(__aarch64__)
    // LD1 and ST1 of several registers take half the instructions of what memcpy becomes.
    enum { WIDEST = 96, FIRST = 64 };
    if (bytes == WIDEST) {
        __asm__ volatile("ld1 {v0.16b - v3.16b}, [%0], #64\n\tld1 {v4.16b, v5.16b}, [%0], %2\n\t"
                         "st1 {v0.16b - v3.16b}, [%1], #64\n\tst1 {v4.16b, v5.16b}, [%1], #32"
                         : "+r"(*from), "+r"(*to) : "r"(plane - FIRST)
                         : "v0", "v1", "v2", "v3", "v4", "v5", "memory");
        return;
    }
#endif
    memcpy(*to, *from, bytes);
    *from += plane, *to += bytes;
}

/// All blocks under one tap.
static inline __attribute__((always_inline)) void stage_tap(const segments *s, size_t blocks, size_t plane,
                                                            const int8_t *from, size_t tile_bytes, int8_t *to) {
    if (s->count == 1) {
        from += s->offsets[0];
        for (; blocks != 0; blocks--) copy_tile(&to, &from, plane, tile_bytes);
        return;
    }
    if (s->count == 2) {
        const int8_t *first = from + s->offsets[0], *second = from + s->offsets[1];
        int8_t *rest = to + s->places[1];
        for (; blocks != 0; blocks--) {
            copy_tile(&to, &first, plane, tile_bytes);
            copy_tile(&rest, &second, plane, tile_bytes);
        }
        return;
    }
    for (; blocks != 0; blocks--, from += plane, to += tile_bytes)
        for (size_t index = 0; index < s->count; index++)
            memcpy(to + s->places[index], from + s->offsets[index], tile_bytes);
}

void ck_conv2d_band_stage_blocked(const ck_conv2d_shape *s, const ck_conv2d_band *band, size_t first, size_t count,
                                  size_t width, int8_t *staged) {
    const ck_window *w = &s->window;
    const segments tile = cut_by_rows(w, band, first, count);
    const size_t blocks = ck_blocks(s->input_channels), plane = band->plane_bytes;
    for (size_t tap_row = 0; tap_row < w->kernel_rows; tap_row++)
        for (size_t tap_column = 0; tap_column < w->kernel_columns; tap_column++) {
            const int8_t *from = band->start + ck_conv2d_band_tap(w, band, tap_row, tap_column);
            // Lengths known to the compiler make each copy a few vector moves.
            switch (width) {
            case 4: stage_tap(&tile, blocks, plane, from, 4 * CK_BLOCK_CHANNELS, staged); break;
            case 8: stage_tap(&tile, blocks, plane, from, 8 * CK_BLOCK_CHANNELS, staged); break;
            default: stage_tap(&tile, blocks, plane, from, 12 * CK_BLOCK_CHANNELS, staged);
            }
            staged += blocks * width * CK_BLOCK_CHANNELS;
        }
}
