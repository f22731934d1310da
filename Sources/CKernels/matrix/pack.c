// Weights into a variant's order, and what of it depends on the shape.

#include <string.h>

#include "../ckernels_math.h"
#include "../conv2d/winograd.h"

size_t ck_conv2d_i8_scratch_bytes(const ck_conv2d_shape *, const ck_matrix *);
size_t ck_dense_i8_scratch_bytes(const ck_matrix *, size_t depth);

size_t ck_packed_columns(size_t columns) { return ck_round_up(columns, CK_MATRIX_COLUMNS); }

static size_t packed_bytes(const ck_matrix *matrix, size_t depth_blocks, size_t columns) {
    return ck_packed_columns(columns) / CK_MATRIX_COLUMNS * ck_matrix_column_bytes(matrix, depth_blocks);
}

static void note_all(const ck_matrix *matrix, size_t depth_blocks, size_t columns, int8_t *packed) {
    if (matrix->note == NULL) return;
    const size_t bytes = ck_matrix_column_bytes(matrix, depth_blocks);
    for (size_t column = 0; column < columns; column += CK_MATRIX_COLUMNS, packed += bytes)
        matrix->note(depth_blocks, packed);
}

size_t ck_conv2d_packed_bytes(const ck_kernel *kernel, const ck_conv2d_shape *s) {
    if (kernel->matrix == NULL) return ck_winograd_suits(s) ? ck_winograd_packed_bytes(s) : 0;
    return packed_bytes(kernel->matrix, ck_patch_of(s).depth_blocks, s->output_channels);
}

int32_t ck_conv2d_pack(const ck_kernel *kernel, const ck_conv2d_shape *s, const int8_t *weights, void *packed) {
    if (kernel->matrix == NULL) return ck_winograd_pack(s, weights, packed);
    const size_t blocks = ck_patch_of(s).depth_blocks, taps = s->window.kernel_rows * s->window.kernel_columns;
    const size_t group_inputs = s->input_channels / s->groups, group_outputs = s->output_channels / s->groups;
    memset(packed, 0, packed_bytes(kernel->matrix, blocks, s->output_channels));
    const size_t column_bytes = ck_matrix_column_bytes(kernel->matrix, blocks);
    for (size_t output = 0; output < s->output_channels; output++) {
        int8_t *block = (int8_t *)packed + output / CK_MATRIX_COLUMNS * column_bytes;
        const size_t first_input = output / group_outputs * group_inputs;
        for (size_t input = 0; input < group_inputs; input++)
            for (size_t tap = 0; tap < taps; tap++, weights++) {
                if (*weights < kernel->weight_minimum) return 0;
                const size_t depth = ck_patch_depth(s, first_input + input, tap);
                block[kernel->matrix->place(blocks, depth, output % CK_MATRIX_COLUMNS)] = *weights;
            }
    }
    note_all(kernel->matrix, blocks, s->output_channels, packed);
    return 1;
}

int32_t ck_sums_are_bounded(size_t columns, size_t depth, const int8_t *weights, const int32_t *bias,
                            const float *multipliers) {
    const double bound = 32000;
    for (size_t column = 0; column < columns; column++) {
        double magnitude = bias[column] < 0 ? -(double)bias[column] : bias[column];
        for (size_t k = 0; k < depth; k++, weights++) magnitude += *weights * (*weights < 0 ? INT8_MIN : -INT8_MIN);
        const double multiplier = multipliers[column] < 0 ? -multipliers[column] : multipliers[column];
        if (!(magnitude * multiplier <= bound)) return 0;
    }
    return 1;
}

size_t ck_conv2d_scratch_bytes(const ck_kernel *kernel, const ck_conv2d_shape *s) {
    if (kernel->matrix == NULL) return ck_winograd_scratch_bytes(s);
    return ck_conv2d_i8_scratch_bytes(s, kernel->matrix);
}

static size_t dense_blocks(size_t depth) { return ck_round_up(depth, CK_MATRIX_DEPTH) / CK_MATRIX_DEPTH; }

size_t ck_dense_packed_bytes(const ck_kernel *kernel, size_t depth, size_t columns) {
    return packed_bytes(kernel->matrix, dense_blocks(depth), columns);
}

int32_t ck_dense_pack(const ck_kernel *kernel, size_t depth, size_t columns, const int8_t *weights, void *packed) {
    const size_t blocks = dense_blocks(depth);
    const size_t column_bytes = ck_matrix_column_bytes(kernel->matrix, blocks);
    memset(packed, 0, packed_bytes(kernel->matrix, blocks, columns));
    for (size_t column = 0; column < columns; column++) {
        int8_t *block = (int8_t *)packed + column / CK_MATRIX_COLUMNS * column_bytes;
        for (size_t k = 0; k < depth; k++, weights++) {
            if (*weights < kernel->weight_minimum) return 0;
            block[kernel->matrix->place(blocks, k, column % CK_MATRIX_COLUMNS)] = *weights;
        }
    }
    note_all(kernel->matrix, blocks, columns, packed);
    return 1;
}

size_t ck_dense_scratch_bytes(const ck_kernel *kernel, size_t depth) {
    return ck_dense_i8_scratch_bytes(kernel->matrix, depth);
}
