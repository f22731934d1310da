#include "../kernels.h"
#include "../share.h"
#include "../requantise.h"

static void row_softmax(const ck_softmax_i8 *a, const int8_t *input, int8_t *output) {
    int8_t largest = INT8_MIN;
    for (size_t column = 0; column < a->columns; column++)
        if (input[column] > largest) largest = input[column];
    double sum = 0;
    for (size_t column = 0; column < a->columns; column++) sum += a->exponentials[largest - input[column]];
    const float total = (float)sum;
    for (size_t column = 0; column < a->columns; column++) {
        const float probability = a->exponentials[largest - input[column]] / total;
        const float scaled = probability / a->scale;
        output[column] = ck_round_to_i8(scaled, &a->range);
    }
}

void ck_softmax_i8__scalar(const ck_softmax_i8 *a) {
    const ck_span rows = ck_share(a->rows, 1, a->part, a->part_count);
    for (size_t row = rows.first; row < rows.end; row++)
        row_softmax(a, a->input + row * a->columns, a->output + row * a->columns);
}
