#ifndef OUTPOST_CKERNELS_MATH_H
#define OUTPOST_CKERNELS_MATH_H

#include <stddef.h>

static inline size_t ck_round_up(size_t value, size_t multiple) { return (value + multiple - 1) / multiple * multiple; }

#endif
