// Walking a ck_broadcast by runs in which b's values follow one rule.

#ifndef OUTPOST_BROADCAST_H
#define OUTPOST_BROADCAST_H

#include "ckernels.h"
#include "share.h"

static inline size_t ck_broadcast_count(const ck_broadcast *shape) {
    return shape->outer * shape->repeat * shape->inner;
}

/// Where b's partner of a's element `index` stands.
static inline size_t ck_broadcast_index(const ck_broadcast *shape, size_t index) {
    return index / (shape->repeat * shape->inner) * shape->inner + index % shape->inner;
}

typedef enum {
    CK_PARTNER_EACH,   ///< b moves with a
    CK_PARTNER_EIGHT,  ///< eight values of b over and over; the run begins with the first
    CK_PARTNER_ONE,    ///< one value of b
} ck_partner;

typedef struct {
    ck_partner partner;
    size_t count;
} ck_run;

/// Which bits of a place within a run say where b's partner is.
static inline size_t ck_partner_mask(ck_partner partner) {
    return partner == CK_PARTNER_EACH ? SIZE_MAX : partner == CK_PARTNER_EIGHT ? CK_BLOCK_CHANNELS - 1 : 0;
}

/// The longest run that begins at element `index` and ends before `end`.
static inline ck_run ck_broadcast_run(const ck_broadcast *shape, size_t index, size_t end) {
    const size_t period = shape->repeat * shape->inner;
    ck_run run = {CK_PARTNER_EACH, shape->inner - index % shape->inner};
    if (shape->repeat == 1)
        run.count = end - index;
    else if (shape->inner == 1)
        run = (ck_run){CK_PARTNER_ONE, period - index % period};
    else if (shape->inner == CK_BLOCK_CHANNELS && index % CK_BLOCK_CHANNELS == 0)
        run = (ck_run){CK_PARTNER_EIGHT, period - index % period};
    if (run.count > end - index) run.count = end - index;
    return run;
}

#endif
