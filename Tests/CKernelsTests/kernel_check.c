// Checks the kernel list. Each buffer ends (or, every other case, begins) at an inaccessible page, so that a single
// byte
// read or written outside it stops the program. The expectation is a plain formula over unpacked data, for the scalar
// reference too.
//
// As a program (-DKERNEL_CHECK_MAIN): kernel_check [seed [rounds]]; the exit status says whether all passed.

#include "kernel_check.h"

#include <stdio.h>
#include <stdlib.h>

#include "check_operators.h"
#include "check_support.h"

static int check_case(const ck_kernel *kernel) {
    switch (kernel->operation) {
    case CK_CONV2D_I8: return check_conv2d(kernel);
    case CK_DENSE_I8: return check_dense(kernel);
    case CK_DEPTHWISE_I8: return check_depthwise(kernel);
    case CK_MAXPOOL_I8: return check_maxpool(kernel);
    case CK_AVERAGEPOOL_I8: return check_averagepool(kernel);
    case CK_RESIZE_NEAREST_I8: return check_resize_nearest(kernel);
    case CK_RESIZE_LINEAR_I8: return check_resize_linear(kernel);
    case CK_PAD_I8: return check_pad(kernel);
    case CK_ADD_I8: return check_add(kernel);
    case CK_MUL_I8: return check_mul(kernel);
    case CK_AFFINE_I8: return check_affine(kernel);
    case CK_LOOKUP_I8: return check_lookup(kernel);
    case CK_SOFTMAX_I8: return check_softmax(kernel);
    case CK_ARGMAX_I8: return check_argmax(kernel);
    case CK_COPY_I8: return check_copy(kernel);
    case CK_QUANTISE_F32_I8: return check_quantise(kernel);
    case CK_DEQUANTISE_I8_F32: return check_dequantise(kernel);
    case CK_OPERATION_COUNT: break;
    }
    return 0;
}

/// Rounds of one float operator; the failed ones.
static unsigned check_floats(const char *name, int (*check)(void), unsigned seed, unsigned rounds) {
    unsigned wrong = 0;
    for (unsigned round = 0; round < rounds; round++) {
        begin_case(seed, round);
        if (!check() && wrong++ == 0) printf("%s: first failure in round %u\n", name, round);
        release_all();
    }
    printf("%-20s %-8s %u cases, %u failed\n", name, "c", rounds, wrong);
    return wrong;
}

unsigned ck_check_all(unsigned seed, unsigned rounds) {
    unsigned passed = 0, failed = 0;
    for (size_t index = 0; index < ck_kernel_count(); index++) {
        const ck_kernel *kernel = ck_kernel_at(index);
        if (kernel->required_features & ~ck_cpu_features()) {
            printf("%-20s %-8s not on this processor\n", kernel->name, kernel->variant);
            continue;
        }
        unsigned wrong = 0;
        for (unsigned round = 0; round < rounds; round++) {
            begin_case(seed, round);
            if (!check_case(kernel)) {
                if (wrong++ == 0) printf("%s %s: first failure in round %u\n", kernel->name, kernel->variant, round);
            }
            release_all();
        }
        printf("%-20s %-8s %u cases, %u failed\n", kernel->name, kernel->variant, rounds, wrong);
        passed += rounds - wrong;
        failed += wrong;
    }
    const unsigned wrong = check_floats("conv2d_f32", check_conv2d_f32, seed, rounds) +
                           check_floats("dense_f32", check_dense_f32, seed, rounds);
    passed += 2 * rounds - wrong;
    failed += wrong;
    printf("%u passed, %u failed\n", passed, failed);
    fflush(stdout);
    return failed;
}

#if defined(KERNEL_CHECK_MAIN)
int main(int count, char **arguments) {
    const unsigned seed = count > 1 ? (unsigned)strtoul(arguments[1], NULL, 10) : 1;
    const unsigned rounds = count > 2 ? (unsigned)strtoul(arguments[2], NULL, 10) : 500;
    return ck_check_all(seed, rounds) == 0 ? 0 : 1;
}
#endif
