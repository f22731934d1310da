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

// --- One case of each matrix operation.

/// The byte of a channels-last image under a tap.
static int32_t pixel_byte_under(const ck_window *w, size_t y, size_t x, size_t tap, const int8_t *input, size_t stride,
                                size_t channel, int32_t outside) {
    const long row = (long)(y * w->stride_rows + tap / w->kernel_columns * w->dilation_rows) - (long)w->pad_top;
    const long column = (long)(x * w->stride_columns + tap % w->kernel_columns * w->dilation_columns) - (long)w->pad_left;
    if (row < 0 || column < 0 || row >= (long)w->input_rows || column >= (long)w->input_columns) return outside;
    return input[((size_t)row * w->input_columns + (size_t)column) * stride + channel];
}

static int check_conv2d(const ck_kernel *kernel) {
    ck_conv2d_i8 a = {.window = random_window(), .range = random_range(), .input_zero_point = between(-128, 127)};
    const ck_window *w = &a.window;
    a.input_channels = size_around(kernel->tile.depth), a.output_channels = size_around(kernel->tile.columns);
    a.input_stride = a.input_channels + (size_t)between(0, 3), a.output_stride = a.output_channels + (size_t)between(0, 3);
    const size_t taps = w->kernel_rows * w->kernel_columns, depth = taps * a.input_channels;
    const size_t pixels = w->output_rows * w->output_columns;
    const size_t padded = ck_packed_columns(kernel->tile, a.output_channels);
    const size_t input_bytes = (w->input_rows * w->input_columns - 1) * a.input_stride + a.input_channels;
    const size_t output_bytes = (pixels - 1) * a.output_stride + a.output_channels;
    int8_t *weights = random_bytes(a.output_channels * depth, kernel->weight_minimum, 127);
    int8_t *packed = take(ck_packed_weight_bytes(kernel->tile, depth, a.output_channels), 1);
    ck_pack_weights(kernel->tile, depth, a.output_channels, weights, packed);
    a.weights = packed, a.input = random_bytes(input_bytes, -128, 127);
    a.bias = random_bias(a.output_channels, padded);
    a.multipliers = random_multipliers(a.output_channels, padded, 0.02f);
    a.scratch = take(ck_conv2d_scratch_bytes(kernel->tile, w, a.input_channels), 1);
    a.output = take(output_bytes, 1);
    int8_t *expected = take(output_bytes, 1);
    memset(a.output, 77, output_bytes), memset(expected, 77, output_bytes);
    for (size_t pixel = 0; pixel < pixels; pixel++)
        for (size_t o = 0; o < a.output_channels; o++) {
            int64_t sum = a.bias[o];
            for (size_t k = 0; k < depth; k++) {
                const int32_t value =
                    pixel_byte_under(w, pixel / w->output_columns, pixel % w->output_columns, k / a.input_channels,
                                     a.input, a.input_stride, k % a.input_channels, a.input_zero_point);
                sum += (int64_t)weights[o * depth + k] * value;
            }
            expected[pixel * a.output_stride + o] = expected_requantised(sum, a.multipliers[o], a.range);
        }
    kernel->run.conv2d_i8(&a);
    return same(a.output, expected, output_bytes);
}

static int check_dense(const ck_kernel *kernel) {
    ck_dense_i8 a = {.rows = size_around(kernel->tile.rows), .depth = size_around(kernel->tile.depth),
                     .columns = size_around(kernel->tile.columns), .range = random_range()};
    const size_t padded = ck_packed_columns(kernel->tile, a.columns);
    int8_t *weights = random_bytes(a.columns * a.depth, kernel->weight_minimum, 127);
    int8_t *packed = take(ck_packed_weight_bytes(kernel->tile, a.depth, a.columns), 1);
    ck_pack_weights(kernel->tile, a.depth, a.columns, weights, packed);
    a.weights = packed, a.input = random_bytes(a.rows * a.depth, -128, 127);
    a.bias = random_bias(a.columns, padded), a.multipliers = random_multipliers(a.columns, padded, 0.02f);
    a.scratch = take(ck_dense_scratch_bytes(kernel->tile, a.depth), 1);
    a.output = take(a.rows * a.columns, 1);
    int8_t *expected = take(a.rows * a.columns, 1);
    for (size_t r = 0; r < a.rows; r++)
        for (size_t o = 0; o < a.columns; o++) {
            int64_t sum = a.bias[o];
            for (size_t k = 0; k < a.depth; k++) sum += (int64_t)weights[o * a.depth + k] * a.input[r * a.depth + k];
            expected[r * a.columns + o] = expected_requantised(sum, a.multipliers[o], a.range);
        }
    kernel->run.dense_i8(&a);
    return same(a.output, expected, a.rows * a.columns);
}

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
