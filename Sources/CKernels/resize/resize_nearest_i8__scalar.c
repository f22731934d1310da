#include <string.h>

#include "../kernels.h"
#include "../share.h"

void ck_resize_nearest_i8__scalar(const ck_resize_nearest_i8 *a) {
    const ck_span rows = ck_share_of_rows(a->channels, a->output_rows, a->part, a->part_count);
    int8_t *output = a->output + rows.first * a->output_columns * CK_BLOCK_CHANNELS;
    for (size_t row = rows.first; row < rows.end; row++) {
        const size_t source = row / a->output_rows * a->input_rows + a->row_source[row % a->output_rows];
        const int8_t *input = a->input + source * a->input_columns * CK_BLOCK_CHANNELS;
        for (size_t x = 0; x < a->output_columns; x++, output += CK_BLOCK_CHANNELS)
            memcpy(output, input + a->column_source[x] * (size_t)CK_BLOCK_CHANNELS, CK_BLOCK_CHANNELS);
    }
}
