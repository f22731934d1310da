// Staging: a tile's patches copied side by side, as the matrix kernel reads them.

#ifndef OUTPOST_STAGE_H
#define OUTPOST_STAGE_H

#include "patch.h"

/// Copies `count` pixels' patches, of consecutive output pixels from `first`, to [depth blocks][tile pixels][8];
/// count <= tile pixels <= CK_MATRIX_MOST_PIXELS. The surplus pixels hold initialised bytes.
void ck_stage_blocked(const ck_conv2d_i8 *, size_t first, size_t count, size_t tile_pixels, int8_t *staged);

/// Row-major input is first padded, so that no tap needs a comparison: the rows under some rows of output.
typedef struct {
    size_t first_row;  ///< of the output
    size_t rows;       ///< of padded input
    size_t pitch;      ///< bytes of a padded row
    int8_t *bytes;     ///< [channels][rows][pitch]
} ck_band;

/// The band under output rows first...last; its bytes are still to be set.
ck_band ck_band_of(const ck_conv2d_shape *, size_t first_row, size_t last_row);
void ck_band_fill(const ck_conv2d_i8 *, const ck_band *);
/// As ck_stage_blocked.
void ck_stage_band(const ck_conv2d_i8 *, const ck_band *, size_t first, size_t count, size_t tile_pixels,
                   int8_t *staged);

#endif
