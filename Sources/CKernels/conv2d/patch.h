// The order of a patch's depth, which packed weights and staged tiles share.
//
// Input in blocks: (kernel row, kernel column, block of channels), each 8 deep.
// Row-major input: (channel, kernel row) runs, each the kernel's columns, padded to 1, 2, 4 or whole blocks of 8, so
// that a run is copied by whole words; the last block is padded too. Where columns are dilated a run is one column.

#ifndef OUTPOST_PATCH_H
#define OUTPOST_PATCH_H

#include "../ckernels_math.h"
#include "../matrix/matrix_i8.h"
#include "../matrix/part.h"

typedef struct {
    size_t runs, run_bytes;  ///< of row-major input
    size_t depth_blocks;
} ck_patch;

static inline size_t ck_patch_run_columns(const ck_window *w) {
    return w->dilation_columns == 1 ? w->kernel_columns : 1;
}

static inline size_t ck_blocks(size_t channels) { return (channels + CK_BLOCK_CHANNELS - 1) / CK_BLOCK_CHANNELS; }

static inline ck_patch ck_patch_of(const ck_conv2d_shape *s) {
    const size_t taps = s->window.kernel_rows * s->window.kernel_columns;
    if (s->input_is_blocked) return (ck_patch){.depth_blocks = taps * ck_blocks(s->input_channels)};
    const size_t columns = ck_patch_run_columns(&s->window);
    ck_patch patch = {.runs = s->input_channels * taps / columns};
    patch.run_bytes = columns <= 2 ? columns : columns <= 4 ? 4 : ck_round_up(columns, CK_MATRIX_DEPTH);
    patch.depth_blocks = ck_round_up(patch.runs * patch.run_bytes, CK_MATRIX_DEPTH) / CK_MATRIX_DEPTH;
    return patch;
}

/// The depth at which the product with an input channel under a tap lies.
static inline size_t ck_patch_depth(const ck_conv2d_shape *s, size_t channel, size_t tap) {
    if (s->input_is_blocked)
        return (tap * ck_blocks(s->input_channels) + channel / CK_BLOCK_CHANNELS) * CK_MATRIX_DEPTH +
               channel % CK_BLOCK_CHANNELS;
    const size_t columns = ck_patch_run_columns(&s->window);
    const size_t index = channel * s->window.kernel_rows * s->window.kernel_columns + tap;
    return index / columns * ck_patch_of(s).run_bytes + index % columns;
}

#endif
