#include "../requantise.h"

void ck_requantise_table(int32_t input_zero_point, float multiplier, const ck_output_range *range, int8_t *table) {
    for (int32_t value = INT8_MIN; value <= INT8_MAX; value++)
        table[value - INT8_MIN] = ck_requantise_i8(value - input_zero_point, multiplier, range);
}
