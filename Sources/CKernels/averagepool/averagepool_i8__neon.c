#if defined(__aarch64__)
#include "averagepool_i8.h"

#include "../kernels.h"

enum { CHANNELS = 8 };

static void add_pixel(const ck_averagepool_i8 *a, const int8_t *pixel) {
    const int16x8_t zero_point = vdupq_n_s16((int16_t)a->input_zero_point);
    size_t channel = 0;
    for (; channel + CHANNELS <= a->channels; channel += CHANNELS) {
        const int16x8_t value = vsubq_s16(vmovl_s8(vld1_s8(pixel + channel)), zero_point);
        int32_t *sum = a->scratch + channel;
        vst1q_s32(sum, vaddw_s16(vld1q_s32(sum), vget_low_s16(value)));
        vst1q_s32(sum + 4, vaddw_high_s16(vld1q_s32(sum + 4), value));
    }
    for (; channel < a->channels; channel++) a->scratch[channel] += pixel[channel] - a->input_zero_point;
}

static void store_mean(const ck_averagepool_i8 *a, float multiplier, ck_neon_range range, int8_t *output) {
    const float32x4_t factor = vdupq_n_f32(multiplier);
    size_t channel = 0;
    for (; channel + CHANNELS <= a->channels; channel += CHANNELS) {
        const int32x4_t low = ck_neon_requantise(vld1q_s32(a->scratch + channel), factor, range);
        const int32x4_t high = ck_neon_requantise(vld1q_s32(a->scratch + channel + 4), factor, range);
        vst1_s8(output + channel, ck_neon_narrow(low, high));
    }
    for (; channel < a->channels; channel++)
        output[channel] = ck_requantise_i8(a->scratch[channel], multiplier, &a->range);
}

void ck_averagepool_i8__neon(const ck_averagepool_i8 *a) {
    const ck_window *w = &a->window;
    const ck_neon_range range = ck_neon_range_of(&a->range);
    int8_t *output = a->output;
    for (size_t y = 0; y < w->output_rows; y++)
        for (size_t x = 0; x < w->output_columns; x++) {
            size_t inside = 0;
            for (size_t channel = 0; channel < a->channels; channel++) a->scratch[channel] = 0;
            for (size_t tap_row = 0; tap_row < w->kernel_rows; tap_row++)
                for (size_t tap_column = 0; tap_column < w->kernel_columns; tap_column++) {
                    const int8_t *pixel = ck_pixel(w, y, x, tap_row, tap_column, a->input, a->channels);
                    if (pixel == NULL) continue;
                    inside++;
                    add_pixel(a, pixel);
                }
            store_mean(a, ck_averagepool_multiplier(a, inside), range, output);
            output += a->channels;
        }
}
#endif
