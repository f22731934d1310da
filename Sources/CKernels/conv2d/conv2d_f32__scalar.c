#include "../window.h"

static float window_sum(const ck_window *w, size_t y, size_t x, size_t channels, const float *input,
                        const float *weights) {
    float sum = 0;
    for (size_t channel = 0; channel < channels; channel++)
        for (size_t tap_row = 0; tap_row < w->kernel_rows; tap_row++) {
            size_t row, column;
            if (!ck_tap(y, w->stride_rows, tap_row, w->dilation_rows, w->pad_top, w->input_rows, &row)) continue;
            for (size_t tap_column = 0; tap_column < w->kernel_columns; tap_column++) {
                if (!ck_tap(x, w->stride_columns, tap_column, w->dilation_columns, w->pad_left, w->input_columns,
                            &column))
                    continue;
                sum += input[(channel * w->input_rows + row) * w->input_columns + column] *
                       weights[(channel * w->kernel_rows + tap_row) * w->kernel_columns + tap_column];
            }
        }
    return sum;
}

void ck_conv2d_f32(const ck_window *w, size_t groups, size_t input_channels, size_t output_channels,
                   const float *input, const float *weights, const float *bias, float *output) {
    const size_t depth = input_channels / groups, width = output_channels / groups;
    const size_t plane = w->input_rows * w->input_columns;
    for (size_t channel = 0; channel < output_channels; channel++) {
        const float *group_input = input + channel / width * depth * plane;
        const float *channel_weights = weights + channel * depth * w->kernel_rows * w->kernel_columns;
        for (size_t y = 0; y < w->output_rows; y++)
            for (size_t x = 0; x < w->output_columns; x++)
                *output++ = window_sum(w, y, x, depth, group_input, channel_weights) + (bias ? bias[channel] : 0);
    }
}
