#include "../kernels.h"
#include "add_i8.h"

void ck_add_i8__scalar(const ck_add_i8 *a) {
    const ck_span span = ck_share(ck_broadcast_count(&a->shape), CK_FLAT_GRANULE, a->part, a->part_count);
    const ck_add_factors factors = ck_add_factors_of(a);
    for (size_t index = span.first; index < span.end; index++)
        a->output[index] = ck_add_one_i8(a, &factors, a->a[index], a->b[ck_broadcast_index(&a->shape, index)]);
}
