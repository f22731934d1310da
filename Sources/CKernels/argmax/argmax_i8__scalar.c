#include "../kernels.h"
#include "argmax_i8.h"

void ck_argmax_i8__scalar(const ck_argmax_i8 *a) {
    const ck_span span = ck_argmax_share(a);
    for (size_t index = span.first; index < span.end; index++) a->output[index] = ck_argmax_one(a, index);
}
