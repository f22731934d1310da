#ifndef OUTPOST_KERNEL_CHECK_H
#define OUTPOST_KERNEL_CHECK_H

/// Runs every kernel of the list that this processor can run on random cases, each buffer against a guard page, and
/// compares it bit for bit with a plain formula. Prints one line per kernel and a total; returns the failed cases.
unsigned ck_check_all(unsigned seed, unsigned rounds);

#endif
