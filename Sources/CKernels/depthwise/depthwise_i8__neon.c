// Sixteen channels at a time; two taps share an int16 sum, exact because no weight is -128.

#if defined(__aarch64__)
#include "../kernels.h"
#include "depthwise_i8.h"

enum { CHANNELS = 16 };

typedef struct {
    int32x4_t quarter[4];
} sums;

static inline void add_products(sums *s, int16x8_t low, int16x8_t high) {
    s->quarter[0] = vaddw_s16(s->quarter[0], vget_low_s16(low));
    s->quarter[1] = vaddw_high_s16(s->quarter[1], low);
    s->quarter[2] = vaddw_s16(s->quarter[2], vget_low_s16(high));
    s->quarter[3] = vaddw_high_s16(s->quarter[3], high);
}

static inline void block(const ck_depthwise_i8 *a, const int8_t *const *taps, size_t channel, ck_neon_range range,
                         int8_t *output) {
    const size_t tap_count = ck_depthwise_taps(&a->window);
    const int8_t *weights = a->weights + channel;
    sums s;
    for (int quarter = 0; quarter < 4; quarter++) s.quarter[quarter] = vld1q_s32(a->bias + channel + 4 * quarter);
    size_t tap = 0;
    for (; tap + 2 <= tap_count; tap += 2) {
        const int8x16_t x0 = vld1q_s8(taps[tap] + channel), x1 = vld1q_s8(taps[tap + 1] + channel);
        const int8x16_t w0 = vld1q_s8(weights), w1 = vld1q_s8(weights + a->channels);
        weights += 2 * a->channels;
        const int16x8_t low = vmull_s8(vget_low_s8(x0), vget_low_s8(w0));
        const int16x8_t high = vmull_high_s8(x0, w0);
        add_products(&s, vmlal_s8(low, vget_low_s8(x1), vget_low_s8(w1)), vmlal_high_s8(high, x1, w1));
    }
    if (tap < tap_count) {
        const int8x16_t x = vld1q_s8(taps[tap] + channel), w = vld1q_s8(weights);
        add_products(&s, vmull_s8(vget_low_s8(x), vget_low_s8(w)), vmull_high_s8(x, w));
    }
    int32x4_t y[4];
    for (int quarter = 0; quarter < 4; quarter++)
        y[quarter] =
            ck_neon_requantise(s.quarter[quarter], vld1q_f32(a->multipliers + channel + 4 * quarter), range);
    vst1q_s8(output + channel, vcombine_s8(ck_neon_narrow(y[0], y[1]), ck_neon_narrow(y[2], y[3])));
}

void ck_depthwise_i8__neon(const ck_depthwise_i8 *a) {
    const ck_neon_range range = ck_neon_range_of(&a->range);
    const int8_t *padding = ck_depthwise_padding(a);
    int8_t *output = a->output;
    for (size_t y = 0; y < a->window.output_rows; y++)
        for (size_t x = 0; x < a->window.output_columns; x++) {
            const int8_t *const *taps = ck_depthwise_gather(a, padding, y, x);
            size_t channel = 0;
            for (; channel + CHANNELS <= a->channels; channel += CHANNELS) block(a, taps, channel, range, output);
            ck_depthwise_channels(a, taps, channel, output);
            output += a->channels;
        }
}
#endif
