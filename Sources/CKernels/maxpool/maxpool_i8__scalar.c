#include "maxpool_i8.h"

#include "../kernels.h"

void ck_maxpool_i8__scalar(const ck_maxpool_i8 *a) {
    int8_t *output = a->output;
    for (size_t y = 0; y < a->window.output_rows; y++)
        for (size_t x = 0; x < a->window.output_columns; x++) {
            ck_maxpool_channels(a, y, x, 0, output);
            output += a->channels;
        }
}
