#include "../kernels.h"
#include "affine_i8.h"

void ck_affine_i8__scalar(const ck_affine_i8 *a) {
    const ck_affine *lines = a->packed;
    const ck_span pixels = ck_share(ck_blocks(a->channels) * a->pixels, CK_BLOCK_CHANNELS, a->part, a->part_count);
    for (size_t pixel = pixels.first; pixel < pixels.end; pixel++)
        for (size_t lane = 0; lane < CK_BLOCK_CHANNELS; lane++) {
            const size_t index = pixel * CK_BLOCK_CHANNELS + lane;
            a->output[index] = ck_affine_one(&lines->common, &lines->blocks[pixel / a->pixels], lane, a->input[index]);
        }
}
