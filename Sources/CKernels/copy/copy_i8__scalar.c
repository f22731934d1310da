#include "../kernels.h"
#include "copy_i8.h"

void ck_copy_i8__scalar(const ck_copy_i8 *a) {
    const ck_span span = ck_share(a->channels * a->rows, 1, a->part, a->part_count);
    const int8_t flip = a->flip_sign ? INT8_MIN : 0;
    for (size_t line = span.first; line < span.end; line++) {
        const size_t channel = line / a->rows, y = line % a->rows;
        const ck_channel_place from = ck_channel_of(&a->input_layout, channel);
        const ck_channel_place to = ck_channel_of(&a->output_layout, channel);
        const int8_t *input = a->input + from.offset + y * a->input_layout.row_pixels * from.pixel_bytes;
        int8_t *output = a->output + to.offset + y * a->output_layout.row_pixels * to.pixel_bytes;
        for (size_t x = 0; x < a->columns; x++) output[x * to.pixel_bytes] = input[x * from.pixel_bytes] ^ flip;
    }
}
