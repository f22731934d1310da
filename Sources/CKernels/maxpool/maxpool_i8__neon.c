#if defined(__aarch64__)
#include "maxpool_i8.h"

#include "../kernels.h"

enum { CHANNELS = 16 };

static inline int8x16_t window_maximum(const ck_maxpool_i8 *a, size_t y, size_t x, size_t channel) {
    const ck_window *w = &a->window;
    int8x16_t largest = vdupq_n_s8(INT8_MIN);
    for (size_t tap_row = 0; tap_row < w->kernel_rows; tap_row++)
        for (size_t tap_column = 0; tap_column < w->kernel_columns; tap_column++) {
            const int8_t *pixel = ck_pixel(w, y, x, tap_row, tap_column, a->input, a->channels);
            if (pixel != NULL) largest = vmaxq_s8(largest, vld1q_s8(pixel + channel));
        }
    return largest;
}

void ck_maxpool_i8__neon(const ck_maxpool_i8 *a) {
    const int8x16_t minimum = vdupq_n_s8((int8_t)a->range.minimum);
    const int8x16_t maximum = vdupq_n_s8((int8_t)a->range.maximum);
    int8_t *output = a->output;
    for (size_t y = 0; y < a->window.output_rows; y++)
        for (size_t x = 0; x < a->window.output_columns; x++) {
            size_t channel = 0;
            for (; channel + CHANNELS <= a->channels; channel += CHANNELS) {
                const int8x16_t largest = window_maximum(a, y, x, channel);
                vst1q_s8(output + channel, vminq_s8(vmaxq_s8(largest, minimum), maximum));
            }
            ck_maxpool_channels(a, y, x, channel, output);
            output += a->channels;
        }
}
#endif
