// The reference. Weights of a depth block lie as [column][depth], as in the model.

#include "../lanes.h"
#include "matrix_i8.h"

enum { PIXELS = 4 };

static size_t place(size_t depth_blocks, size_t depth, size_t column) {
    (void)depth_blocks;
    return depth / CK_MATRIX_DEPTH * CK_MATRIX_BLOCK_BYTES + column * CK_MATRIX_DEPTH + depth % CK_MATRIX_DEPTH;
}

static int32_t dot(const int8_t *a, const int8_t *b) {
    int32_t sum = 0;
    for (int k = 0; k < CK_MATRIX_DEPTH; k++) sum += (int32_t)a[k] * (int32_t)b[k];
    return sum;
}

/// Two columns at a time, so that their sums, in four parts each, stay in registers.
enum { COLUMNS_AT_ONCE = 2 };

static void tile(const ck_matrix_strip *s, const int8_t *input, int8_t *output) {
    int32_t sums[PIXELS][CK_MATRIX_COLUMNS];
    for (int first = 0; first < CK_MATRIX_COLUMNS; first += COLUMNS_AT_ONCE) {
        ck_pairs_i32 parts[PIXELS][COLUMNS_AT_ONCE] = {{{0}}};
        const int8_t *values = input, *weights = (const int8_t *)s->weights + first * CK_MATRIX_DEPTH;
        for (size_t block = 0; block < s->depth_blocks; block++) {
            for (int pixel = 0; pixel < PIXELS; pixel++) {
                const ck_lanes_i16 lanes = ck_wide_lanes(values + pixel * CK_MATRIX_DEPTH);
                for (int column = 0; column < COLUMNS_AT_ONCE; column++)
                    parts[pixel][column] +=
                        ck_paired_products(lanes, ck_wide_lanes(weights + column * CK_MATRIX_DEPTH));
            }
            values += s->block_stride;
            weights += CK_MATRIX_BLOCK_BYTES;
        }
        for (int pixel = 0; pixel < PIXELS; pixel++)
            for (int column = 0; column < COLUMNS_AT_ONCE; column++) {
                const ck_pairs_i32 sum = parts[pixel][column];
                sums[pixel][first + column] = s->bias[first + column] + sum[0] + sum[1] + sum[2] + sum[3];
            }
    }
    for (int pixel = 0; pixel < PIXELS; pixel++)
        ck_requantise_lanes(sums[pixel], s->multipliers, &s->range, output + pixel * CK_MATRIX_COLUMNS);
}

static void strip(const ck_matrix_strip *s) {
    for (size_t index = 0; index < s->tile_count; index++)
        tile(s, s->input + index * s->tile_stride, s->output + index * PIXELS * CK_MATRIX_COLUMNS);
}

static void vector(const ck_matrix_vector *v) {
    const int8_t *weights = v->weights;
    for (size_t index = 0; index < v->column_blocks * CK_MATRIX_COLUMNS; index += CK_MATRIX_COLUMNS) {
        for (size_t column = 0; column < CK_MATRIX_COLUMNS; column++) {
            int32_t sum = v->bias[index + column];
            for (size_t block = 0; block < v->depth_blocks; block++)
                sum += dot(v->input + block * CK_MATRIX_DEPTH,
                           weights + block * CK_MATRIX_BLOCK_BYTES + column * CK_MATRIX_DEPTH);
            v->output[index + column] = ck_requantise_i8(sum, v->multipliers[index + column], &v->range);
        }
        weights += v->column_bytes;
    }
}

const ck_matrix ck_matrix_i8__scalar = {.place = place, .forms = {{PIXELS, strip}}, .vector = vector};
