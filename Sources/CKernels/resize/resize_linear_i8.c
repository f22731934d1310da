#include "resize_linear_i8.h"

size_t ck_resize_linear_scratch_bytes(size_t output_columns) {
    (void)output_columns;
    return 0;
}
