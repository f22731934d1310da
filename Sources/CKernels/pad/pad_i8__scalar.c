#include <string.h>

#include "../kernels.h"
#include "../share.h"

void ck_pad_i8__scalar(const ck_pad_i8 *a) {
    const ck_span rows = ck_share_of_rows(a->channels, a->output_rows, a->part, a->part_count);
    const size_t output_bytes = a->output_columns * CK_BLOCK_CHANNELS,
                 input_bytes = a->input_columns * CK_BLOCK_CHANNELS;
    const size_t left_bytes = a->pad_left * CK_BLOCK_CHANNELS;
    for (size_t row = rows.first; row < rows.end; row++) {
        const size_t block = row / a->output_rows, y = row % a->output_rows;
        int8_t *output = a->output + row * output_bytes;
        if (y < a->pad_top || y - a->pad_top >= a->input_rows) {
            memset(output, a->value, output_bytes);
            continue;
        }
        memset(output, a->value, left_bytes);
        memcpy(output + left_bytes, a->input + (block * a->input_rows + y - a->pad_top) * input_bytes, input_bytes);
        memset(output + left_bytes + input_bytes, a->value, output_bytes - left_bytes - input_bytes);
    }
}
