#include "../kernels.h"
#include "mul_i8.h"

void ck_mul_i8__scalar(const ck_mul_i8 *a) {
    const ck_span span = ck_share(ck_broadcast_count(&a->shape), CK_FLAT_GRANULE, a->part, a->part_count);
    for (size_t index = span.first; index < span.end; index++)
        a->output[index] = ck_mul_one_i8(a, a->a[index], a->b[ck_broadcast_index(&a->shape, index)]);
}
