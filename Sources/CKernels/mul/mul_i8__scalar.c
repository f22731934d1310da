#include "../kernels.h"
#include "mul_i8.h"

void ck_mul_i8__scalar(const ck_mul_i8 *a) {
    // A copy, which the output cannot overlap.
    const ck_mul_i8 own = *a;
    const ck_span span = ck_share(ck_broadcast_count(&a->shape), CK_FLAT_GRANULE, a->part, a->part_count);
    for (size_t index = span.first; index < span.end;) {
        const ck_run run = ck_broadcast_run(&a->shape, index, span.end);
        const int8_t *b = a->b + ck_broadcast_index(&a->shape, index);
        const size_t mask = ck_partner_mask(run.partner);
        for (size_t place = 0; place < run.count; place++)
            a->output[index + place] = ck_mul_one_i8(&own, a->a[index + place], b[place & mask]);
        index += run.count;
    }
}
