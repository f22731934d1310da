#include "add_i8.h"

#include "../kernels.h"

void ck_add_i8__scalar(const ck_add_i8 *arguments) {
    for (size_t index = 0; index < arguments->count; index++) arguments->output[index] = ck_add_one_i8(arguments, index);
}
