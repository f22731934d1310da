#include "averagepool_i8.h"

#include "../kernels.h"

static void pixel_mean(const ck_averagepool_i8 *a, size_t y, size_t x, int8_t *output) {
    const ck_window *w = &a->window;
    size_t inside = 0;
    for (size_t channel = 0; channel < a->channels; channel++) a->scratch[channel] = 0;
    for (size_t tap_row = 0; tap_row < w->kernel_rows; tap_row++)
        for (size_t tap_column = 0; tap_column < w->kernel_columns; tap_column++) {
            const int8_t *pixel = ck_pixel(w, y, x, tap_row, tap_column, a->input, a->channels);
            if (pixel == NULL) continue;
            inside++;
            for (size_t channel = 0; channel < a->channels; channel++)
                a->scratch[channel] += pixel[channel] - a->input_zero_point;
        }
    const float multiplier = ck_averagepool_multiplier(a, inside);
    for (size_t channel = 0; channel < a->channels; channel++)
        output[channel] = ck_requantise_i8(a->scratch[channel], multiplier, &a->range);
}

void ck_averagepool_i8__scalar(const ck_averagepool_i8 *a) {
    int8_t *output = a->output;
    for (size_t y = 0; y < a->window.output_rows; y++)
        for (size_t x = 0; x < a->window.output_columns; x++) {
            pixel_mean(a, y, x, output);
            output += a->channels;
        }
}
