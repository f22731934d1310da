#include "../kernels.h"
#include "../requantise.h"

void ck_quantise_f32_i8__scalar(const ck_quantise_f32_i8 *a) {
    for (size_t index = 0; index < a->count; index++) {
        const float scaled = a->input[index] / a->scale;
        a->output[index] = ck_round_to_i8(scaled, &a->range);
    }
}
