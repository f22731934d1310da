#include "resize_linear_i8.h"

size_t ck_resize_linear_scratch_bytes(size_t output_columns) {
    return 2 * output_columns * CK_BLOCK_CHANNELS * sizeof(float);
}
