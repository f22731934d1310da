#include "../kernels.h"
#include "resize_linear_i8.h"

/// Row `source` of the input's block, interpolated at output column x.
static float along_row(const ck_resize_linear_i8 *a, const int8_t *block, uint32_t source, size_t x, size_t lane) {
    const int8_t *row = block + source * a->input_columns * CK_BLOCK_CHANNELS + lane;
    const ck_resize_source column = a->columns[x];
    const float first = (float)(row[column.first * (size_t)CK_BLOCK_CHANNELS] - a->input_zero_point);
    const float second = (float)(row[column.second * (size_t)CK_BLOCK_CHANNELS] - a->input_zero_point);
    return ck_between(first, second, column.weight);
}

void ck_resize_linear_i8__scalar(const ck_resize_linear_i8 *a) {
    const ck_span rows = ck_share_of_rows(a->channels, a->output_rows, a->part, a->part_count);
    int8_t *output = a->output + rows.first * a->output_columns * CK_BLOCK_CHANNELS;
    for (size_t row = rows.first; row < rows.end; row++) {
        const int8_t *block = a->input + row / a->output_rows * a->input_rows * a->input_columns * CK_BLOCK_CHANNELS;
        const ck_resize_source source = a->rows[row % a->output_rows];
        for (size_t x = 0; x < a->output_columns; x++)
            for (size_t lane = 0; lane < CK_BLOCK_CHANNELS; lane++) {
                const float first = along_row(a, block, source.first, x, lane);
                const float second = along_row(a, block, source.second, x, lane);
                const float value = ck_between(first, second, source.weight);
                const float scaled = value * a->multiplier;
                *output++ = ck_round_to_i8(scaled, &a->range);
            }
    }
}
