#include <math.h>

#include "../window.h"

void ck_maxpool_f32(const ck_window *w, size_t channels, const float *input, float *output) {
    for (size_t channel = 0; channel < channels; channel++, input += w->input_rows * w->input_columns)
        for (size_t y = 0; y < w->output_rows; y++)
            for (size_t x = 0; x < w->output_columns; x++) {
                float largest = -INFINITY;
                for (size_t tap = 0; tap < w->kernel_rows * w->kernel_columns; tap++) {
                    size_t row, column;
                    if (!ck_tap(y, w->stride_rows, tap / w->kernel_columns, w->dilation_rows, w->pad_top,
                                w->input_rows, &row) ||
                        !ck_tap(x, w->stride_columns, tap % w->kernel_columns, w->dilation_columns, w->pad_left,
                                w->input_columns, &column))
                        continue;
                    const float value = input[row * w->input_columns + column];
                    if (value > largest) largest = value;
                }
                *output++ = largest;
            }
}
