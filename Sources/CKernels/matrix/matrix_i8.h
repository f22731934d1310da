// The matrix kernel under convolutions and dense layers: adjacent pixels times a block of 8 output channels.
//
// A tile's input is blocks of 8 depth. A block of the tile's pixels lies together, 8 bytes a pixel; from one block to
// the next it is `block_stride` bytes, so that a tile is read in place from an image in blocks (a 1 x 1 convolution) or
// from a staged copy. There may be several runs of such blocks, one for each tap of a window. Packed weights of 8
// output channels follow each other for all depth blocks, in an order that is the variant's own. Surplus depth and
// surplus output channels have zero weights.

#ifndef OUTPOST_MATRIX_I8_H
#define OUTPOST_MATRIX_I8_H

#include "ckernels.h"

enum {
    CK_MATRIX_COLUMNS = 8,                                        ///< output channels of a block of weights
    CK_MATRIX_DEPTH = 8,                                          ///< depth of a block
    CK_MATRIX_BLOCK_BYTES = CK_MATRIX_COLUMNS * CK_MATRIX_DEPTH,  ///< weights of one depth block
    CK_MATRIX_MOST_PIXELS = 12,                                   ///< the widest tile of any variant
    CK_MATRIX_MOST_FORMS = 3,
};

/// How sums become bytes. Scaled sums within +-32000 take fewer steps, with an even zero point fewer still.
typedef enum { CK_ROUND_ANY, CK_ROUND_BOUNDED, CK_ROUND_BOUNDED_EVEN } ck_matrix_rounding;

static inline ck_matrix_rounding ck_matrix_rounding_of(const ck_output_range *range, int32_t is_bounded) {
    if (!is_bounded) return CK_ROUND_ANY;
    return range->zero_point % 2 == 0 ? CK_ROUND_BOUNDED_EVEN : CK_ROUND_BOUNDED;
}

/// Tiles that follow each other, by one block of output channels.
typedef struct {
    size_t tile_count;
    size_t run_count;             ///< 1 unless the variant takes several
    const uint32_t *run_offsets;  ///< of several: from a tile's input to each, bytes
    size_t depth_blocks;          ///< of a run
    const int8_t *input;
    size_t block_stride;  ///< bytes from one depth block of a tile to the next
    size_t tile_stride;   ///< bytes from one tile to the next
    const void *weights;
    const int32_t *bias;
    const float *multipliers;
    ck_output_range range;
    ck_matrix_rounding rounding;
    int8_t *output;  ///< 8 bytes a pixel, tiles without gaps
} ck_matrix_strip;

/// One row of a dense layer, by consecutive blocks of output channels. The input is whole blocks of depth.
typedef struct {
    size_t column_blocks, depth_blocks;
    const int8_t *input;
    const void *weights;
    size_t column_bytes;  ///< from one block of columns to the next
    const int32_t *bias;
    const float *multipliers;
    ck_output_range range;
    int8_t *output;  ///< 8 bytes for every block
} ck_matrix_vector;

typedef struct {
    size_t pixels;  ///< 0 where a variant has fewer forms
    void (*run)(const ck_matrix_strip *);
} ck_matrix_form;

struct ck_matrix {
    /// Where the weight of a column (0...7) at a depth lies within the packed weights of its block of columns.
    size_t (*place)(size_t depth_blocks, size_t depth, size_t column);
    /// What a variant adds to a block of columns: its bytes, a multiple of 16, and what writes them once all weights
    /// are in place. NULL for nothing.
    size_t (*note_bytes)(size_t depth_blocks);
    void (*note)(size_t depth_blocks, int8_t *block);
    int takes_runs;
    /// The widest first.
    ck_matrix_form forms[CK_MATRIX_MOST_FORMS];
    void (*vector)(const ck_matrix_vector *);
};

/// The packed bytes of a block of columns.
static inline size_t ck_matrix_column_bytes(const ck_matrix *matrix, size_t depth_blocks) {
    return depth_blocks * CK_MATRIX_BLOCK_BYTES + (matrix->note_bytes ? matrix->note_bytes(depth_blocks) : 0);
}

/// The operators over a variant.
void ck_conv2d_i8_over(const ck_conv2d_i8 *, const ck_matrix *);
void ck_dense_i8_over(const ck_dense_i8 *, const ck_matrix *);

/// The narrowest form that holds so many pixels, or the widest one.
static inline ck_matrix_form ck_matrix_form_for(const ck_matrix *matrix, size_t pixels) {
    ck_matrix_form best = matrix->forms[0];
    for (int index = 1; index < CK_MATRIX_MOST_FORMS; index++)
        if (matrix->forms[index].pixels >= pixels) best = matrix->forms[index];
    return best;
}

extern const ck_matrix ck_matrix_i8__scalar;
#if defined(__aarch64__)
extern const ck_matrix ck_matrix_i8__neon, ck_matrix_i8__neondot, ck_matrix_i8__neoni8mm;
#endif

#endif
