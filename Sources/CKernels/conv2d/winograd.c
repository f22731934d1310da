#include "winograd_plan.h"

#include <string.h>

enum {
    // With its weights and a band it is to stay in a second-level cache of 1 MB.
    INPUT_BYTES = 512 << 10,
    // Fewer channels do not repay the transforms.
    FEWEST_CHANNELS = 16,
};

int ck_winograd_suits(const ck_conv2d_shape *s) {
    const ck_window *w = &s->window;
    if (!s->input_is_blocked || s->groups != 1) return 0;
    if (w->kernel_rows != 3 || w->kernel_columns != 3) return 0;
    if (w->stride_rows != 1 || w->stride_columns != 1 || w->dilation_rows != 1 || w->dilation_columns != 1) return 0;
    if (s->input_channels < FEWEST_CHANNELS || s->output_channels < FEWEST_CHANNELS) return 0;
    // Directly, 16 products take three instructions; here, of a quarter of the products, four take one, and the
    // transforms about a third more. So up to half of the tiles' area may lie outside the image.
    const size_t rows = ck_round_up(w->output_rows, CK_WINOGRAD_RESULTS);
    const size_t columns = ck_round_up(w->output_columns, CK_WINOGRAD_RESULTS);
    return rows * columns <= 2 * w->output_rows * w->output_columns;
}

ck_winograd_plan ck_winograd_plan_of(const ck_conv2d_shape *s) {
    ck_winograd_plan p = {
        .padded = *s,
        .tile_rows = ck_round_up(s->window.output_rows, CK_WINOGRAD_RESULTS) / CK_WINOGRAD_RESULTS,
        .tile_columns = ck_round_up(s->window.output_columns, CK_WINOGRAD_RESULTS) / CK_WINOGRAD_RESULTS,
        .input_blocks = ck_blocks(s->input_channels),
        .output_blocks = ck_blocks(s->output_channels),
    };
    p.padded.window.output_rows = p.tile_rows * CK_WINOGRAD_RESULTS;
    p.padded.window.output_columns = p.tile_columns * CK_WINOGRAD_RESULTS;
    const size_t vector_bytes = CK_BLOCK_CHANNELS * sizeof(int16_t);
    const size_t row_bytes = p.tile_columns * p.input_blocks * CK_WINOGRAD_PRODUCTS * vector_bytes;
    const size_t most = row_bytes < INPUT_BYTES ? INPUT_BYTES / row_bytes : 1;
    const size_t chunks = (p.tile_rows + most - 1) / most;
    p.chunk_tile_rows = (p.tile_rows + chunks - 1) / chunks;
    p.input_bytes = CK_WINOGRAD_PRODUCTS *
                    ck_winograd_product_stride(p.chunk_tile_rows * p.tile_columns, p.input_blocks);
    p.weight_bytes = CK_WINOGRAD_PRODUCTS * p.input_blocks * CK_BLOCK_CHANNELS * vector_bytes;
    p.product_bytes = CK_WINOGRAD_PRODUCTS * CK_WINOGRAD_GROUP * CK_BLOCK_CHANNELS * sizeof(int32_t);
    return p;
}

size_t ck_winograd_scratch_bytes(const ck_conv2d_shape *s) {
    const ck_winograd_plan p = ck_winograd_plan_of(s);
    const size_t band = ck_conv2d_band_of(&p.padded, p.chunk_tile_rows * CK_WINOGRAD_RESULTS).bytes;
    return p.input_bytes + p.weight_bytes + p.product_bytes + band;
}

size_t ck_winograd_packed_bytes(const ck_conv2d_shape *s) {
    const size_t channels = ck_blocks(s->input_channels) * CK_BLOCK_CHANNELS;
    return ck_blocks(s->output_channels) * channels * CK_WINOGRAD_TAPS * CK_BLOCK_CHANNELS;
}

int32_t ck_winograd_pack(const ck_conv2d_shape *s, const int8_t *weights, int8_t *packed) {
    const size_t channels = ck_blocks(s->input_channels) * CK_BLOCK_CHANNELS;
    memset(packed, 0, ck_winograd_packed_bytes(s));
    for (size_t output = 0; output < s->output_channels; output++) {
        int8_t *block = packed + output / CK_BLOCK_CHANNELS * channels * CK_WINOGRAD_TAPS * CK_BLOCK_CHANNELS;
        size_t magnitude = 0;
        for (size_t input = 0; input < s->input_channels; input++)
            for (size_t tap = 0; tap < CK_WINOGRAD_TAPS; tap++, weights++) {
                block[(input * CK_WINOGRAD_TAPS + tap) * CK_BLOCK_CHANNELS + output % CK_BLOCK_CHANNELS] = *weights;
                magnitude += (size_t)(*weights < 0 ? -*weights : *weights);
            }
        if (magnitude >= CK_WINOGRAD_WEIGHT_LIMIT) return 0;
    }
    return 1;
}
