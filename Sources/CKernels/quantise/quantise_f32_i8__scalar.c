#include "../kernels.h"
#include "../share.h"
#include "../requantise.h"

static int8_t quantised(const ck_quantise_f32_i8 *a, float value) {
    const float scaled = value / a->scale;
    return ck_round_to_i8(scaled, &a->range);
}

static void into_blocks(const ck_quantise_f32_i8 *a, ck_span pixels) {
    for (size_t pixel = pixels.first; pixel < pixels.end; pixel++)
        for (size_t lane = 0; lane < CK_BLOCK_CHANNELS; lane++) {
            const size_t channel = pixel / a->pixels * CK_BLOCK_CHANNELS + lane;
            a->output[pixel * CK_BLOCK_CHANNELS + lane] =
                channel < a->channels ? quantised(a, a->input[channel * a->pixels + pixel % a->pixels])
                                      : (int8_t)a->range.zero_point;
        }
}

void ck_quantise_f32_i8__scalar(const ck_quantise_f32_i8 *a) {
    if (a->output_is_blocked) {
        into_blocks(a, ck_share(ck_blocks(a->channels) * a->pixels, CK_BLOCK_CHANNELS, a->part, a->part_count));
        return;
    }
    const ck_span span = ck_share(a->channels * a->pixels, CK_FLAT_GRANULE, a->part, a->part_count);
    for (size_t index = span.first; index < span.end; index++) a->output[index] = quantised(a, a->input[index]);
}
