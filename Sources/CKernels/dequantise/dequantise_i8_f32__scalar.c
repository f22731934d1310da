#include "../kernels.h"
#include "../share.h"

void ck_dequantise_i8_f32__scalar(const ck_dequantise_i8_f32 *a) {
    const ck_span span = ck_share(a->channels * a->pixels, CK_FLAT_GRANULE, a->part, a->part_count);
    for (size_t index = span.first; index < span.end; index++) {
        const size_t channel = index / a->pixels, pixel = index % a->pixels;
        const size_t blocked =
            (channel / CK_BLOCK_CHANNELS * a->pixels + pixel) * CK_BLOCK_CHANNELS + channel % CK_BLOCK_CHANNELS;
        a->output[index] = (float)(a->input[a->input_is_blocked ? blocked : index] - a->zero_point) * a->scale;
    }
}
