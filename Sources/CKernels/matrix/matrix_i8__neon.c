// ARMv8.0: deep sums by deep_neon.h in products of eight bits, shallow ones by lane_neon.h in products of sixteen. Per
// product the former take fewer instructions, per sum the latter: it has no partial sums to bring together.
//
// No weight may be -128: see deep_neon.h. Shallow sums' weights lie as [depth][column].

#if defined(__aarch64__)
#include "deep_neon.h"
#include "lane_neon.h"

enum { WIDE = 12, MIDDLE = 8, NARROW = 4, SQUARE = 4, MOST_SHALLOW_BLOCKS = 3 };

static int is_deep(size_t depth_blocks) { return depth_blocks > MOST_SHALLOW_BLOCKS; }

static size_t place(size_t depth_blocks, size_t depth, size_t column) {
    if (is_deep(depth_blocks)) return ck_deep_place(depth_blocks, depth, column);
    return depth * CK_MATRIX_COLUMNS + column;
}

static size_t note_bytes(size_t depth_blocks) { return is_deep(depth_blocks) ? ck_deep_note_bytes(depth_blocks) : 0; }

static void note(size_t depth_blocks, int8_t *block) {
    if (is_deep(depth_blocks)) ck_deep_note(depth_blocks, block);
}

/// Squares of four pixels.
CK_INLINE void shallow(const ck_matrix_strip *a, int pixels, ck_matrix_rounding rounding) {
    const ck_matrix_ends ends = ck_matrix_ends_of(&a->range, rounding);
    const int clamps = ck_matrix_clamps(&a->range);
    const size_t stride = a->block_stride, depth_blocks = a->depth_blocks, tile_stride = a->tile_stride;
    const float32x4_t low_factor = vld1q_f32(a->multipliers), high_factor = vld1q_f32(a->multipliers + 4);
    const int32_t *const bias = a->bias;
    int16_t wide_weights[MOST_SHALLOW_BLOCKS * CK_MATRIX_BLOCK_BYTES];
    const int8_t *const narrow_weights = a->weights;
    for (size_t index = 0; index < depth_blocks * CK_MATRIX_BLOCK_BYTES; index += CK_MATRIX_COLUMNS)
        vst1q_s16(wide_weights + index, vmovl_s8(vld1_s8(narrow_weights + index)));
    const int8_t *tile = a->input;
    int8_t *output = a->output;
    for (size_t tiles = a->tile_count; tiles != 0; tiles--, tile += tile_stride) {
        const int8_t *square = tile;
        for (int left = pixels; left != 0; left -= SQUARE, square += SQUARE * CK_MATRIX_DEPTH) {
            ck_lane_sums s[SQUARE];
#pragma GCC unroll 4
            for (int pixel = 0; pixel < SQUARE; pixel++)
                __asm__ volatile("ldp %q0, %q1, [%2]" : "=w"(s[pixel].low), "=w"(s[pixel].high) : "r"(bias) : "memory");
            const int8_t *input = square;
            const int16_t *weights = wide_weights;
            for (size_t block = depth_blocks; block != 0; block--, input += stride)
                ck_lane_add_int8(s, input, &weights);
#pragma GCC unroll 2
            for (int pixel = 0; pixel < SQUARE; pixel += 2) {
                const int16x8_t first = ck_matrix_scale(s[pixel].low, s[pixel].high, low_factor, high_factor, ends);
                const int16x8_t second =
                    ck_matrix_scale(s[pixel + 1].low, s[pixel + 1].high, low_factor, high_factor, ends);
                vst1q_s8(output + pixel * CK_MATRIX_COLUMNS, ck_matrix_saturate(first, second));
            }
            output += SQUARE * CK_MATRIX_COLUMNS;
        }
        if (clamps) ck_matrix_clamp_tile(output - pixels * CK_MATRIX_COLUMNS, pixels, ends);
    }
}

/// Strips of three pixels; the last of a tile may be moved back over pixels computed before.
CK_INLINE void deep(const ck_matrix_strip *a, int pixels, ck_matrix_rounding rounding) {
    const ck_matrix_ends ends = ck_matrix_ends_of(&a->range, rounding);
    const int clamps = ck_matrix_clamps(&a->range);
    const size_t stride = a->block_stride, depth_blocks = a->depth_blocks, tile_stride = a->tile_stride;
    const float32x4_t low_factor = vld1q_f32(a->multipliers), high_factor = vld1q_f32(a->multipliers + 4);
    const int8_t *const low_weights = a->weights;
    const int8_t *const high_weights = low_weights + depth_blocks * CK_DEEP_COLUMNS * CK_MATRIX_DEPTH;
    const int8_t *const low_notes = low_weights + depth_blocks * CK_MATRIX_BLOCK_BYTES;
    const int8_t *const high_notes = low_notes + depth_blocks / CK_DEEP_FOUR;
    int32x4_t bias[CK_MATRIX_COLUMNS];
    for (int column = 0; column < CK_MATRIX_COLUMNS; column++)
        bias[column] = vsetq_lane_s32(a->bias[column], vdupq_n_s32(0), 0);
    const int8_t *tile = a->input;
    int8_t *output = a->output;
    for (size_t tiles = a->tile_count; tiles != 0; tiles--, tile += tile_stride) {
        for (int next = 0; next < pixels; next += CK_DEEP_PIXELS) {
            const int first = next + CK_DEEP_PIXELS <= pixels ? next : pixels - CK_DEEP_PIXELS;
            const int8_t *input = tile + first * CK_MATRIX_DEPTH;
            const int8x16_t low =
                ck_deep_strip(input, stride, depth_blocks, low_weights, low_notes, bias, low_factor, ends);
            const int8x16_t high = ck_deep_strip(input, stride, depth_blocks, high_weights, high_notes,
                                                 bias + CK_DEEP_COLUMNS, high_factor, ends);
            const int32x4x2_t both = vzipq_s32(vreinterpretq_s32_s8(low), vreinterpretq_s32_s8(high));
            int8_t *to = output + first * CK_MATRIX_COLUMNS;
            vst1q_s8(to, vreinterpretq_s8_s32(both.val[0]));
            vst1_s8(to + 2 * CK_MATRIX_COLUMNS, vget_low_s8(vreinterpretq_s8_s32(both.val[1])));
        }
        if (clamps) ck_matrix_clamp_tile(output, pixels, ends);
        output += pixels * CK_MATRIX_COLUMNS;
    }
}

#define FORM(name, pixels)                                       \
    CK_MATRIX_FORM(, name##_shallow, shallow, pixels)            \
    CK_MATRIX_FORM(, name##_deep, deep, pixels)                  \
    static void name(const ck_matrix_strip *a) { (is_deep(a->depth_blocks) ? name##_deep : name##_shallow)(a); }

FORM(wide, WIDE)
FORM(middle, MIDDLE)
FORM(narrow, NARROW)

/// One row by eight columns.
static ck_lane_sums shallow_vector(const ck_matrix_vector *v, const int8_t *weights) {
    ck_lane_sums s = {vdupq_n_s32(0), vdupq_n_s32(0)};
    for (size_t depth = 0; depth < v->depth_blocks * CK_MATRIX_DEPTH; depth++, weights += CK_MATRIX_COLUMNS) {
        const int16x8_t w = vmovl_s8(vld1_s8(weights));
        s.low = vmlal_n_s16(s.low, vget_low_s16(w), v->input[depth]);
        s.high = vmlal_n_s16(s.high, vget_high_s16(w), v->input[depth]);
    }
    return s;
}

/// One row by four columns.
static int32x4_t deep_vector(const ck_matrix_vector *v, const int8_t *weights) {
    ck_deep_sums s = {{vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0)}};
    const int8_t *input = v->input;
    for (size_t fours = v->depth_blocks / CK_DEEP_FOUR; fours != 0; fours--, input += CK_DEEP_FOUR * CK_MATRIX_DEPTH) {
        const int8x16_t x = vld1q_s8(input), y = vld1q_s8(input + 16);
#pragma GCC unroll 4
        for (int column = 0; column < CK_DEEP_COLUMNS; column++, weights += CK_DEEP_COLUMN_BYTES) {
            const int8x16_t a = vld1q_s8(weights), b = vld1q_s8(weights + 16);
            const int16x8_t first = vmlal_high_s8(vmull_s8(vget_low_s8(x), vget_low_s8(a)), x, a);
            const int16x8_t second = vmlal_high_s8(vmull_s8(vget_low_s8(y), vget_low_s8(b)), y, b);
            s.columns[column] = vpadalq_s16(vpadalq_s16(s.columns[column], first), second);
        }
    }
    for (size_t rest = v->depth_blocks % CK_DEEP_FOUR; rest != 0; rest--, input += CK_MATRIX_DEPTH)
#pragma GCC unroll 4
        for (int column = 0; column < CK_DEEP_COLUMNS; column++, weights += CK_MATRIX_DEPTH)
            s.columns[column] = vpadalq_s16(s.columns[column], vmull_s8(vld1_s8(input), vld1_s8(weights)));
    return ck_deep_total(s);
}

static void vector(const ck_matrix_vector *v) {
    const ck_matrix_ends ends = ck_matrix_ends_of(&v->range, CK_ROUND_ANY);
    const size_t half_bytes = v->depth_blocks * CK_DEEP_COLUMNS * CK_MATRIX_DEPTH;
    const int8_t *weights = v->weights;
    for (size_t column = 0; column < v->column_blocks * CK_MATRIX_COLUMNS; column += CK_MATRIX_COLUMNS) {
        const ck_lane_sums s = is_deep(v->depth_blocks)
                                   ? (ck_lane_sums){deep_vector(v, weights), deep_vector(v, weights + half_bytes)}
                                   : shallow_vector(v, weights);
        const int32x4_t low = vaddq_s32(s.low, vld1q_s32(v->bias + column));
        const int32x4_t high = vaddq_s32(s.high, vld1q_s32(v->bias + column + 4));
        const int16x8_t scaled = ck_matrix_scale(low, high, vld1q_f32(v->multipliers + column),
                                               vld1q_f32(v->multipliers + column + 4), ends);
        vst1_s8(v->output + column, ck_matrix_clamp(vqmovn_s16(scaled), ends));
        weights += v->column_bytes;
    }
}

const ck_matrix ck_matrix_i8__neon = {
    .place = place,
    .note_bytes = note_bytes,
    .note = note,
    .forms = {{WIDE, wide}, {MIDDLE, middle}, {NARROW, narrow}},
    .vector = vector,
};
#endif
