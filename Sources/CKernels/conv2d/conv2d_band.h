// A band: the input under some rows of output, padded, so that no tap needs a comparison. Tiles are staged from it.
//
// Input in blocks: [blocks][row phases][rows][column phases][columns][8]. The pixels that one tap finds under adjacent
// output pixels are a stride apart; a phase holds those of one remainder by the stride, side by side. Only phases that
// some tap reads are there.
// Row-major input: [channels][rows][columns], padded only.

#ifndef OUTPOST_CONV2D_BAND_H
#define OUTPOST_CONV2D_BAND_H

#include "patch.h"

typedef struct {
    size_t row_phases, rows, column_phases, columns;  ///< one phase of each for row-major input
    size_t plane_bytes;                               ///< of one block or channel
    size_t bytes;                                     ///< of all, with what tiles may read past them
    size_t first_row;                                 ///< of the output
    int8_t *start;
} ck_conv2d_band;

enum {
    // A segment of a tile is copied as a whole tile: past the band's end, and past the tile, where the next is to be.
    CK_CONV2D_BAND_SURPLUS_BYTES = CK_MATRIX_MOST_PIXELS * CK_BLOCK_CHANNELS,
};

/// The band under `output_rows` rows; where it begins and lies is still to be set.
ck_conv2d_band ck_conv2d_band_of(const ck_conv2d_shape *, size_t output_rows);

/// As many rows of output as a band of at most so many bytes lies under, but at least `fewest`, if there are so many.
size_t ck_conv2d_band_rows(const ck_conv2d_shape *, size_t most_bytes, size_t fewest);

/// Where the window's tap under the band's first output pixel lies, in bytes from its start. Input in blocks.
size_t ck_conv2d_band_tap(const ck_window *, const ck_conv2d_band *, size_t tap_row, size_t tap_column);

/// Where the band of an output pixel begins, likewise.
static inline size_t ck_conv2d_band_pixel(const ck_conv2d_band *band, size_t y, size_t x) {
    return ((y - band->first_row) * band->column_phases * band->columns + x) * CK_BLOCK_CHANNELS;
}

void ck_conv2d_band_fill_blocked(const ck_conv2d_i8 *, const ck_conv2d_band *);
void ck_conv2d_band_fill_rows(const ck_conv2d_i8 *, const ck_conv2d_band *);

/// Copies `count` output pixels' patches, of consecutive pixels from `first`, to [depth blocks][width][8];
/// 0 < count <= width, which is 4, 8 or 12. Pixels past the count hold anything. Tiles must be staged in the order in
/// which they lie: up to CK_CONV2D_BAND_SURPLUS_BYTES after one are overwritten.
void ck_conv2d_band_stage_blocked(const ck_conv2d_shape *, const ck_conv2d_band *, size_t first, size_t count,
                                  size_t width, int8_t *staged);
void ck_conv2d_band_stage_rows(const ck_conv2d_shape *, const ck_conv2d_band *, size_t first, size_t count,
                               size_t width, int8_t *staged);

#endif
