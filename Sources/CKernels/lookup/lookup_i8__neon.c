// The table lies in sixteen registers: four lookups of 64 bytes each, of which an index outside its 64 leaves the
// others' results alone.

#if defined(__aarch64__)
#include <arm_neon.h>
#include <string.h>

#include "../kernels.h"
#include "../share.h"

enum { LANES = 16, QUARTER = 64 };

typedef struct {
    int8x16x4_t quarters[4];
} table;

static inline int8x16_t look_up(int8x16_t values, const table *t) {
    const uint8x16_t step = vdupq_n_u8(QUARTER);
    uint8x16_t index = veorq_u8(vreinterpretq_u8_s8(values), vdupq_n_u8(0x80));
    int8x16_t result = vqtbl4q_s8(t->quarters[0], index);
    index = vsubq_u8(index, step), result = vqtbx4q_s8(result, t->quarters[1], index);
    index = vsubq_u8(index, step), result = vqtbx4q_s8(result, t->quarters[2], index);
    index = vsubq_u8(index, step);
    return vqtbx4q_s8(result, t->quarters[3], index);
}

void ck_lookup_i8__neon(const ck_lookup_i8 *a) {
    const ck_span span = ck_share(a->count, CK_FLAT_GRANULE, a->part, a->part_count);
    table t;
    for (size_t quarter = 0; quarter < 4; quarter++)
        for (size_t part = 0; part < 4; part++)
            t.quarters[quarter].val[part] = vld1q_s8(a->table + quarter * QUARTER + part * LANES);
    const int8_t *input = a->input + span.first;
    int8_t *output = a->output + span.first;
    const size_t count = span.end - span.first;
#pragma GCC unroll 2
    for (size_t whole = count / LANES; whole > 0; whole--, input += LANES, output += LANES)
        vst1q_s8(output, look_up(vld1q_s8(input), &t));
    if (count % LANES == 0) return;
    int8_t rest[LANES] = {0};
    memcpy(rest, input, count % LANES);
    vst1q_s8(rest, look_up(vld1q_s8(rest), &t));
    memcpy(output, rest, count % LANES);
}
#endif
