// The reference. Weights of a depth block lie as [column][depth], as in the model.

#include "../requantise.h"
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

static void tile(const ck_matrix_strip *s, const int8_t *input, int8_t *output) {
    int32_t sums[PIXELS][CK_MATRIX_COLUMNS];
    for (int pixel = 0; pixel < PIXELS; pixel++)
        for (int column = 0; column < CK_MATRIX_COLUMNS; column++) sums[pixel][column] = s->bias[column];
    const int8_t *weights = s->weights;
    for (size_t block = 0; block < s->depth_blocks; block++) {
        for (int pixel = 0; pixel < PIXELS; pixel++)
            for (int column = 0; column < CK_MATRIX_COLUMNS; column++)
                sums[pixel][column] += dot(input + pixel * CK_MATRIX_DEPTH, weights + column * CK_MATRIX_DEPTH);
        input += s->block_stride;
        weights += CK_MATRIX_BLOCK_BYTES;
    }
    for (int pixel = 0; pixel < PIXELS; pixel++)
        for (int column = 0; column < CK_MATRIX_COLUMNS; column++)
            *output++ = ck_requantise_i8(sums[pixel][column], s->multipliers[column], &s->range);
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
