#if defined(__aarch64__)
#include <string.h>

#include "../kernels.h"
#include "../requantise_neon.h"
#include "../share.h"
#include "../transpose_neon.h"

enum { LANES = 16, BLOCK = CK_BLOCK_CHANNELS };

/// The scale and what holds for all values. A true division, as the ONNX operator says: a reciprocal would round
/// differently. FMAXNM takes the number where the other operand is not one, and so brings it to the minimum.
typedef struct {
    float32x4_t scale, low;
    ck_neon_ends ends;
} context;

static inline float32x4_t scaled(const float *input, const context *c) {
    return vmaxnmq_f32(vdivq_f32(vld1q_f32(input), c->scale), c->low);
}

static inline int8x16_t sixteen(const float *input, const context *c) {
    return ck_neon_round16(scaled(input, c), scaled(input + 4, c), scaled(input + 8, c), scaled(input + 12, c),
                           c->ends);
}

static void flat(const float *input, size_t count, const context *c, int8_t *output) {
    for (size_t whole = count / LANES; whole > 0; whole--, input += LANES, output += LANES)
        vst1q_s8(output, sixteen(input, c));
    const size_t left = count % LANES;
    if (left == 0) return;
    float rest[LANES] = {0};
    int8_t bytes[LANES];
    memcpy(rest, input, left * sizeof(float));
    vst1q_s8(bytes, sixteen(rest, c));
    memcpy(output, bytes, left);
}

/// Sixteen pixels of eight channels.
static inline void store_block(const int8x16_t rows[BLOCK], int8_t *output) {
    int8x16_t pairs[BLOCK];
    ck_neon_into_block(rows, pairs);
    for (size_t pair = 0; pair < BLOCK; pair++) vst1q_s8(output + pair * LANES, pairs[pair]);
}

/// One block's pixels first...<end; rows of the input lie `pixels` apart.
static void block_pixels(const ck_quantise_f32_i8 *a, const context *c, const float *input, size_t channels,
                         ck_span span, int8_t *output) {
    int8x16_t rows[BLOCK];
    for (size_t row = 0; row < BLOCK; row++) rows[row] = vdupq_n_s8((int8_t)a->range.zero_point);
    size_t pixel = span.first;
    for (; pixel + LANES <= span.end; pixel += LANES) {
        for (size_t row = 0; row < channels; row++) rows[row] = sixteen(input + row * a->pixels + pixel, c);
        store_block(rows, output + pixel * BLOCK);
    }
    const size_t left = span.end - pixel;
    if (left == 0) return;
    int8_t bytes[LANES * BLOCK];
    for (size_t row = 0; row < channels; row++) {
        float rest[LANES] = {0};
        memcpy(rest, input + row * a->pixels + pixel, left * sizeof(float));
        rows[row] = sixteen(rest, c);
    }
    store_block(rows, bytes);
    memcpy(output + pixel * BLOCK, bytes, left * BLOCK);
}

static void blocked(const ck_quantise_f32_i8 *a, const context *c) {
    const ck_span share = ck_share(ck_blocks(a->channels) * a->pixels, BLOCK, a->part, a->part_count);
    size_t count = 0;
    for (size_t index = share.first; index < share.end; index += count) {
        const size_t block = index / a->pixels, first = index % a->pixels;
        count = a->pixels - first < share.end - index ? a->pixels - first : share.end - index;
        const size_t channels = a->channels - block * BLOCK < BLOCK ? a->channels - block * BLOCK : BLOCK;
        block_pixels(a, c, a->input + block * BLOCK * a->pixels, channels, (ck_span){first, first + count},
                     a->output + block * BLOCK * a->pixels);
    }
}

void ck_quantise_f32_i8__neon(const ck_quantise_f32_i8 *a) {
    const context c = {vdupq_n_f32(a->scale), vdupq_n_f32((float)(a->range.minimum - a->range.zero_point)),
                       ck_neon_ends_of(&a->range)};
    if (a->output_is_blocked) {
        blocked(a, &c);
        return;
    }
    const ck_span span = ck_share(a->channels * a->pixels, CK_FLAT_GRANULE, a->part, a->part_count);
    flat(a->input + span.first, span.end - span.first, &c, a->output + span.first);
}
#endif
