// A broadcast operation on sixteen values at a time. Whoever includes this defines the operation once, and the compiler
// makes three loops of it.

#ifndef OUTPOST_BROADCAST_NEON_H
#define OUTPOST_BROADCAST_NEON_H

#if defined(__aarch64__)
#include <arm_neon.h>
#include <stdbool.h>
#include <string.h>

#include "broadcast.h"

/// The operation on sixteen pairs of values; `context` is what it needs besides.
typedef int8x16_t (*ck_pairwise)(int8x16_t a, int8x16_t b, const void *context);

enum { CK_PAIRWISE_LANES = 16 };

/// One run. What is left of sixteen is computed in a buffer of its own.
static inline __attribute__((always_inline)) void ck_pairwise_run(ck_pairwise operation, const void *context,
                                                                  ck_partner partner, const int8_t *a, const int8_t *b,
                                                                  size_t count, int8_t *output) {
    int8x16_t fixed = vdupq_n_s8(0);
    if (partner == CK_PARTNER_ONE) fixed = vld1q_dup_s8(b);
    if (partner == CK_PARTNER_EIGHT) fixed = vcombine_s8(vld1_s8(b), vld1_s8(b));
    const bool moves = partner == CK_PARTNER_EACH;
#pragma GCC unroll 2
    for (size_t whole = count / CK_PAIRWISE_LANES; whole > 0; whole--) {
        vst1q_s8(output, operation(vld1q_s8(a), moves ? vld1q_s8(b) : fixed, context));
        a += CK_PAIRWISE_LANES, output += CK_PAIRWISE_LANES;
        if (moves) b += CK_PAIRWISE_LANES;
    }
    const size_t left = count % CK_PAIRWISE_LANES;
    if (left == 0) return;
    int8_t rest[2][CK_PAIRWISE_LANES] = {{0}};
    memcpy(rest[0], a, left);
    if (moves)
        memcpy(rest[1], b, left);
    else
        vst1q_s8(rest[1], fixed);
    vst1q_s8(rest[0], operation(vld1q_s8(rest[0]), vld1q_s8(rest[1]), context));
    memcpy(output, rest[0], left);
}

/// All runs of a share.
static inline __attribute__((always_inline)) void ck_pairwise_all(ck_pairwise operation, const void *context,
                                                                  const ck_broadcast *shape, ck_span span,
                                                                  const int8_t *a, const int8_t *b, int8_t *output) {
    ck_run run;
    for (size_t index = span.first; index < span.end; index += run.count) {
        run = ck_broadcast_run(shape, index, span.end);
        const int8_t *partner = b + ck_broadcast_index(shape, index);
        if (run.partner == CK_PARTNER_EACH)
            ck_pairwise_run(operation, context, CK_PARTNER_EACH, a + index, partner, run.count, output + index);
        else if (run.partner == CK_PARTNER_EIGHT)
            ck_pairwise_run(operation, context, CK_PARTNER_EIGHT, a + index, partner, run.count, output + index);
        else
            ck_pairwise_run(operation, context, CK_PARTNER_ONE, a + index, partner, run.count, output + index);
    }
}
#endif
#endif
