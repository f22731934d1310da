#include "../window.h"

void ck_averagepool_f32(const ck_window *w, size_t channels, int32_t count_padding, const float *input,
                        float *output) {
    const size_t taps = w->kernel_rows * w->kernel_columns;
    for (size_t channel = 0; channel < channels; channel++, input += w->input_rows * w->input_columns)
        for (size_t y = 0; y < w->output_rows; y++)
            for (size_t x = 0; x < w->output_columns; x++) {
                float sum = 0;
                size_t inside = 0;
                for (size_t tap = 0; tap < taps; tap++) {
                    size_t row, column;
                    if (!ck_tap(y, w->stride_rows, tap / w->kernel_columns, w->dilation_rows, w->pad_top,
                                w->input_rows, &row) ||
                        !ck_tap(x, w->stride_columns, tap % w->kernel_columns, w->dilation_columns, w->pad_left,
                                w->input_columns, &column))
                        continue;
                    inside++;
                    sum += input[row * w->input_columns + column];
                }
                *output++ = sum / (float)(count_padding ? taps : inside);
            }
}
