// Dot products in plain C that a compiler turns into vector instructions: four columns at a time, each with eight
// partial sums.

#include "ckernels.h"

enum { COLUMNS = 4, LANES = 8 };

static inline __attribute__((always_inline)) void dot_products(size_t columns, size_t depth, const float *a,
                                                               const float *b, float results[COLUMNS]) {
    float sums[COLUMNS][LANES] = {{0}};
    size_t k = 0;
    for (; k + LANES <= depth; k += LANES)
        for (size_t column = 0; column < columns; column++)
            for (size_t lane = 0; lane < LANES; lane++)
                sums[column][lane] += a[k + lane] * b[column * depth + k + lane];
    for (size_t column = 0; column < columns; column++) {
        float sum = 0;
        for (size_t lane = 0; lane < LANES; lane++) sum += sums[column][lane];
        for (size_t rest = k; rest < depth; rest++) sum += a[rest] * b[column * depth + rest];
        results[column] = sum;
    }
}

void ck_dense_f32(size_t rows, size_t depth, size_t columns, const float *a, const float *b, const float *bias,
                  float *output) {
    for (size_t row = 0; row < rows; row++, a += depth)
        for (size_t column = 0; column < columns; column += COLUMNS) {
            const size_t count = columns - column < COLUMNS ? columns - column : COLUMNS;
            float results[COLUMNS];
            if (count == COLUMNS)
                dot_products(COLUMNS, depth, a, b + column * depth, results);
            else
                dot_products(count, depth, a, b + column * depth, results);
            for (size_t index = 0; index < count; index++)
                *output++ = results[index] + (bias ? bias[column + index] : 0);
        }
}
