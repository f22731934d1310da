#if defined(__aarch64__)
#include <arm_neon.h>
#include <string.h>

#include "../kernels.h"
#include "../share.h"
#include "../transpose_neon.h"

enum { LANES = 8, BLOCK = CK_BLOCK_CHANNELS };

typedef struct {
    int8x8_t zero_point;
    float32x4_t scale;
} context;

static inline void eight(int8x8_t values, const context *c, float *output) {
    const int16x8_t difference = vsubl_s8(values, c->zero_point);
    vst1q_f32(output, vmulq_f32(vcvtq_f32_s32(vmovl_s16(vget_low_s16(difference))), c->scale));
    vst1q_f32(output + 4, vmulq_f32(vcvtq_f32_s32(vmovl_high_s16(difference)), c->scale));
}

static void some(int8x8_t values, const context *c, size_t count, float *output) {
    float all[LANES];
    eight(values, c, all);
    memcpy(output, all, count * sizeof(float));
}

static void flat(const int8_t *input, size_t count, const context *c, float *output) {
    for (size_t whole = count / LANES; whole > 0; whole--, input += LANES, output += LANES)
        eight(vld1_s8(input), c, output);
    if (count % LANES == 0) return;
    int8_t rest[LANES] = {0};
    memcpy(rest, input, count % LANES);
    some(vld1_s8(rest), c, count % LANES, output);
}

/// Pixels first..<end of one channel.
static void channel(const int8_t *block, size_t lane, ck_span span, const context *c, float *output) {
    const uint8x8_t index = ck_neon_channel_index(lane);
    size_t pixel = span.first;
    for (; pixel + LANES <= span.end; pixel += LANES)
        eight(ck_neon_channel(block + pixel * BLOCK, index), c, output + pixel);
    if (pixel == span.end) return;
    int8_t rest[LANES * BLOCK] = {0};
    memcpy(rest, block + pixel * BLOCK, (span.end - pixel) * BLOCK);
    some(ck_neon_channel(rest, index), c, span.end - pixel, output + pixel);
}

void ck_dequantise_i8_f32__neon(const ck_dequantise_i8_f32 *a) {
    const context c = {vdup_n_s8((int8_t)a->zero_point), vdupq_n_f32(a->scale)};
    const ck_span share = ck_share(a->channels * a->pixels, CK_FLAT_GRANULE, a->part, a->part_count);
    if (!a->input_is_blocked) {
        flat(a->input + share.first, share.end - share.first, &c, a->output + share.first);
        return;
    }
    size_t count = 0;
    for (size_t index = share.first; index < share.end; index += count) {
        const size_t whole = index / a->pixels, first = index % a->pixels;
        count = a->pixels - first < share.end - index ? a->pixels - first : share.end - index;
        channel(a->input + whole / BLOCK * BLOCK * a->pixels, whole % BLOCK, (ck_span){first, first + count}, &c,
                a->output + whole * a->pixels);
    }
}
#endif
