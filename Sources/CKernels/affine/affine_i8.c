#include "affine_i8.h"

#include <string.h>

size_t ck_affine_packed_bytes(size_t channels) {
    return sizeof(ck_affine) + ck_blocks(channels) * sizeof(ck_affine_block);
}

void ck_affine_pack(size_t channels, int32_t input_zero_point, const float *multipliers, const float *offsets,
                    const ck_output_range *range, void *packed) {
    ck_affine *lines = packed;
    memset(packed, 0, ck_affine_packed_bytes(channels));
    lines->common = (ck_affine_common){*range, input_zero_point};
    for (size_t channel = 0; channel < channels; channel++) {
        ck_affine_block *block = &lines->blocks[channel / CK_BLOCK_CHANNELS];
        block->multipliers[channel % CK_BLOCK_CHANNELS] = multipliers[channel];
        block->offsets[channel % CK_BLOCK_CHANNELS] = offsets[channel];
    }
}
