// Which cores a thread may run on, as Linux keeps it.

#define _GNU_SOURCE
#include "ckernels.h"

#include <string.h>

#if defined(__linux__)
#include <sched.h>

int ck_thread_cores(size_t word_count, uint64_t *words) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return -1;
    memset(words, 0, word_count * sizeof *words);
    for (size_t core = 0; core < CPU_SETSIZE && core < 64 * word_count; core++)
        if (CPU_ISSET(core, &set)) words[core / 64] |= (uint64_t)1 << core % 64;
    return 0;
}

int ck_keep_thread_to_cores(size_t word_count, const uint64_t *words) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (size_t core = 0; core < CPU_SETSIZE && core < 64 * word_count; core++)
        if (words[core / 64] >> core % 64 & 1) CPU_SET(core, &set);
    return sched_setaffinity(0, sizeof set, &set);
}
#else
int ck_thread_cores(size_t word_count, uint64_t *words) {
    memset(words, 0, word_count * sizeof *words);
    return -1;
}

int ck_keep_thread_to_cores(size_t word_count, const uint64_t *words) {
    (void)word_count, (void)words;
    return -1;
}
#endif
