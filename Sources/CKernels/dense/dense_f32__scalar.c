#include "ckernels.h"

void ck_dense_f32(size_t rows, size_t depth, size_t columns, const float *a, const float *b, const float *bias,
                  float *output) {
    for (size_t row = 0; row < rows; row++)
        for (size_t column = 0; column < columns; column++) {
            float sum = 0;
            for (size_t k = 0; k < depth; k++) sum += a[row * depth + k] * b[column * depth + k];
            *output++ = sum + (bias ? bias[column] : 0);
        }
}
