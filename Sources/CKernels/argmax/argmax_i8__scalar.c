#include "../kernels.h"
#include "../share.h"

void ck_argmax_i8__scalar(const ck_argmax_i8 *a) {
    const ck_span span = ck_share(a->outer * a->inner, 8, a->part, a->part_count);
    for (size_t index = span.first; index < span.end; index++) {
        const int8_t *line = a->input + index / a->inner * a->length * a->inner + index % a->inner;
        size_t place = 0;
        for (size_t candidate = 1; candidate < a->length; candidate++) {
            const int8_t value = line[candidate * a->inner], largest = line[place * a->inner];
            if (value > largest || (a->last && value == largest)) place = candidate;
        }
        a->output[index] = (int64_t)place;
    }
}
