#include "../kernels.h"
#include "../share.h"

void ck_lookup_i8__scalar(const ck_lookup_i8 *a) {
    const ck_span span = ck_share(a->count, CK_FLAT_GRANULE, a->part, a->part_count);
    for (size_t index = span.first; index < span.end; index++) a->output[index] = a->table[a->input[index] - INT8_MIN];
}
