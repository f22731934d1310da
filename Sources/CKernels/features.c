// What the processor can do, as Linux reports it.

#include "ckernels.h"

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>

// The bits of Linux' arch/arm64 user interface, spelt out because older headers lack the later ones.
enum { HWCAP_BIT_ASIMD = 1, HWCAP_BIT_ASIMDDP = 20, HWCAP2_BIT_I8MM = 13 };

uint32_t ck_cpu_features(void) {
    const unsigned long first = getauxval(AT_HWCAP), second = getauxval(AT_HWCAP2);
    uint32_t features = 0;
    if (first >> HWCAP_BIT_ASIMD & 1) features |= CK_FEATURE_NEON;
    if (first >> HWCAP_BIT_ASIMDDP & 1) features |= CK_FEATURE_DOTPROD;
    if (second >> HWCAP2_BIT_I8MM & 1) features |= CK_FEATURE_I8MM;
    return features;
}
#else
uint32_t ck_cpu_features(void) { return 0; }
#endif
