#include "ckernels.h"

void ck_clamp_f32(size_t count, const float *input, float minimum, float maximum, float *output) {
    for (size_t index = 0; index < count; index++) {
        const float value = input[index];
        output[index] = value < minimum ? minimum : value > maximum ? maximum : value;
    }
}
