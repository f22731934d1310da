// Functions for processors with more than ARMv8.0, in programs that are compiled for ARMv8.0. GCC wants the
// architecture named, clang the feature alone.

#ifndef OUTPOST_TARGET_H
#define OUTPOST_TARGET_H

#if defined(__clang__)
#define CK_TARGET_DOTPROD __attribute__((target("dotprod")))
#define CK_TARGET_I8MM __attribute__((target("dotprod,i8mm")))
#else
#define CK_TARGET_DOTPROD __attribute__((target("arch=armv8.2-a+dotprod")))
#define CK_TARGET_I8MM __attribute__((target("arch=armv8.2-a+dotprod+i8mm")))
#endif

#endif
