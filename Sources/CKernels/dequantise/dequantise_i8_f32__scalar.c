#include "../kernels.h"

void ck_dequantise_i8_f32__scalar(const ck_dequantise_i8_f32 *a) {
    for (size_t index = 0; index < a->count; index++)
        a->output[index] = (float)(a->input[index] - a->zero_point) * a->scale;
}
