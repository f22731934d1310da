// Sixteen lines side by side, as where each pixel of an image has a value for every class. Other shapes go the way of
// the reference.

#if defined(__aarch64__)
#include <arm_neon.h>
#include <stdbool.h>

#include "../kernels.h"
#include "../share.h"
#include "argmax_i8.h"

enum { LINES = 16 };

typedef struct {
    int8x16_t largest;
    uint16x8_t low, high;  ///< where it stands
} places;

static inline places update(places best, int8x16_t values, uint16_t place, bool last) {
    const uint8x16_t is_better = last ? vcgeq_s8(values, best.largest) : vcgtq_s8(values, best.largest);
    const int8x16_t mask = vreinterpretq_s8_u8(is_better);
    const uint16x8_t here = vdupq_n_u16(place);
    best.largest = vmaxq_s8(best.largest, values);
    best.low = vbslq_u16(vreinterpretq_u16_s16(vmovl_s8(vget_low_s8(mask))), here, best.low);
    best.high = vbslq_u16(vreinterpretq_u16_s16(vmovl_high_s8(mask)), here, best.high);
    return best;
}

static inline void sixteen(const ck_argmax_i8 *a, const int8_t *lines, bool last, int64_t *output) {
    places best = {vld1q_s8(lines), vdupq_n_u16(0), vdupq_n_u16(0)};
    for (size_t place = 1; place < a->length; place++)
        best = update(best, vld1q_s8(lines + place * a->inner), (uint16_t)place, last);
    uint16_t found[LINES];
    vst1q_u16(found, best.low), vst1q_u16(found + LINES / 2, best.high);
    for (size_t line = 0; line < LINES; line++) output[line] = found[line];
}

void ck_argmax_i8__neon(const ck_argmax_i8 *a) {
    if (a->inner < LINES || a->length > UINT16_MAX) {
        ck_argmax_i8__scalar(a);
        return;
    }
    const ck_span span = ck_argmax_share(a);
    size_t index = span.first;
    while (index < span.end) {
        const size_t inner = index % a->inner, left = a->inner - inner;
        if (left < LINES || span.end - index < LINES) {
            a->output[index] = ck_argmax_one(a, index);
            index++;
            continue;
        }
        const int8_t *lines = a->input + index / a->inner * a->length * a->inner + inner;
        if (a->last) sixteen(a, lines, true, a->output + index);
        else sixteen(a, lines, false, a->output + index);
        index += LINES;
    }
}
#endif
