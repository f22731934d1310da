#include <math.h>

#include "check_operators.h"
#include "check_support.h"

enum { VECTOR_BYTES = 16 };

/// The shapes that ck_broadcast names, and any other.
static ck_broadcast random_broadcast(void) {
    const size_t some = (size_t)between(1, 5), many = (size_t)between(1, 150);
    switch (between(0, 5)) {
    case 0:
        return (ck_broadcast){1, 1, many};
    case 1:
        return (ck_broadcast){1, many, 1};
    case 2:
        return (ck_broadcast){some, many, 8};
    case 3:
        return (ck_broadcast){some, many, 1};
    case 4:
        return (ck_broadcast){1, some, many};
    default:
        return (ck_broadcast){some, (size_t)between(1, 7), (size_t)between(1, 40)};
    }
}

typedef struct {
    int8_t *a, *b, *output, *expected;
    size_t count;
} operands;

static operands random_operands(const ck_broadcast *shape) {
    const size_t count = shape->outer * shape->repeat * shape->inner;
    operands some = {random_bytes(count, -128, 127), random_bytes(shape->outer * shape->inner, -128, 127),
                     take(count, 1), take(count, 1), count};
    return some;
}

static size_t partner(const ck_broadcast *shape, size_t index) {
    const size_t inner = index % shape->inner, outer = index / shape->inner / shape->repeat;
    return outer * shape->inner + inner;
}

/// The sum with multipliers of `bits` fraction bits, or in float32 where bits is 0.
static int8_t expected_sum(const ck_add_i8 *a, int left, int right, int bits) {
    left -= a->a_zero_point, right -= a->b_zero_point;
    if (bits == 0) {
        volatile float first = (float)left * a->a_multiplier, second = (float)right * a->b_multiplier;
        volatile float sum = first + second;
        return expected_round(sum, a->range);
    }
    const double exact =
        left * round(ldexp((double)a->a_multiplier, bits)) + right * round(ldexp((double)a->b_multiplier, bits));
    const double rounded = floor(ldexp(exact, -bits) + 0.5) + a->range.zero_point;
    return (int8_t)fmin(fmax(rounded, a->range.minimum), a->range.maximum);
}

/// How many fraction bits let both multipliers fit 16 bits; 0 if none, or if they then are exact.
static int fraction_bits(const ck_add_i8 *a) {
    const double first = (double)a->a_multiplier, second = (double)a->b_multiplier;
    int bits = 16;
    while (bits > 12 && ldexp(fmax(fabs(first), fabs(second)), bits) > 32767) bits--;
    const double scaled_first = ldexp(first, bits), scaled_second = ldexp(second, bits);
    return bits == 12 || (scaled_first == round(scaled_first) && scaled_second == round(scaled_second)) ? 0 : bits;
}

int check_add(const ck_kernel *kernel) {
    ck_add_i8 a = {.shape = random_broadcast(),
                   .a_zero_point = between(-128, 127),
                   .b_zero_point = between(-128, 127),
                   .a_multiplier = (float)between(1, 2000) / (between(0, 1) ? 1000 : 4000),
                   .b_multiplier = (float)between(-2000, 2000) / (between(0, 1) ? 400 : 4000),
                   .range = random_range()};
    if (between(0, 3) == 0) a.a_multiplier = a.b_multiplier = 0.5f;
    if (between(0, 7) == 0) a.a_multiplier = 1e30f;
    const operands o = random_operands(&a.shape);
    a.a = o.a, a.b = o.b, a.output = o.output;
    const int bits = fraction_bits(&a);
    for (size_t i = 0; i < o.count; i++) o.expected[i] = expected_sum(&a, o.a[i], o.b[partner(&a.shape, i)], bits);
    RUN_PARTS(a, kernel->run.add_i8(&a));
    if (!same(o.output, o.expected, o.count)) return 0;
    // Whatever the form, no result is further from the exact one than its rounding allows.
    for (size_t i = 0; i < o.count && bits > 0; i++) {
        const double exact = (double)(o.a[i] - a.a_zero_point) * (double)a.a_multiplier +
                             (double)(o.b[partner(&a.shape, i)] - a.b_zero_point) * (double)a.b_multiplier;
        const double limited = fmin(fmax(exact + a.range.zero_point, a.range.minimum), a.range.maximum);
        if (fabs(o.output[i] - limited) > 0.5 + ldexp(255, -bits)) return 0;
    }
    return 1;
}

int check_mul(const ck_kernel *kernel) {
    ck_mul_i8 a = {.shape = random_broadcast(),
                   .a_zero_point = between(-128, 127),
                   .b_zero_point = between(-128, 127),
                   .multiplier = (float)between(1, 2000) / 100000,
                   .range = random_range()};
    if (between(0, 3) == 0) a.multiplier = 1.0f / 128;
    if (between(0, 7) == 0) a.multiplier = 1e30f;
    const operands o = random_operands(&a.shape);
    a.a = o.a, a.b = o.b, a.output = o.output;
    for (size_t i = 0; i < o.count; i++) {
        const int64_t product = (o.a[i] - a.a_zero_point) * (o.b[partner(&a.shape, i)] - a.b_zero_point);
        o.expected[i] = expected_requantised(product, a.multiplier, a.range);
    }
    RUN_PARTS(a, kernel->run.mul_i8(&a));
    return same(o.output, o.expected, o.count);
}

int check_affine(const ck_kernel *kernel) {
    ck_affine_i8 a = {.channels = random_channels(), .pixels = (size_t)between(1, 70)};
    const size_t padded = whole_blocks(a.channels), count = a.pixels * padded;
    const int32_t zero_point = between(-128, 127);
    const ck_output_range range = random_range();
    float *multipliers = take(4 * padded, 4), *offsets = take(4 * padded, 4);
    const float largest = between(0, 2) == 0 ? 1e4f : 1;
    for (size_t c = 0; c < padded; c++) {
        multipliers[c] = c < a.channels ? (float)between(-2000, 2000) / 1000 * largest : 0;
        offsets[c] = c < a.channels ? (float)between(-200000, 200000) / 1000 : 0;
        if (between(0, 3) == 0 && c < a.channels) multipliers[c] = 0.5f, offsets[c] = (float)between(-8, 8) / 2;
    }
    void *packed = take(ck_affine_packed_bytes(a.channels), 16);
    ck_affine_pack(a.channels, zero_point, multipliers, offsets, &range, packed);
    a.packed = packed, a.input = random_bytes(count, -128, 127), a.output = take(count, 1);
    int8_t *expected = take(count, 1);
    for (size_t c = 0; c < padded; c++)
        for (size_t p = 0; p < a.pixels; p++) {
            const size_t i = blocked_index(a.pixels, c, p);
            volatile float product = (float)(a.input[i] - zero_point) * multipliers[c];
            volatile float sum = product + offsets[c];
            expected[i] = expected_round(sum, range);
        }
    RUN_PARTS(a, kernel->run.affine_i8(&a));
    return same(a.output, expected, count);
}

int check_lookup(const ck_kernel *kernel) {
    ck_lookup_i8 a = {.count = between(0, 1) ? size_around(VECTOR_BYTES) : size_around(5 * VECTOR_BYTES)};
    int8_t *table = random_bytes(256, -128, 127);
    const int32_t zero_point = between(-128, 127);
    const float multiplier = (float)between(1, 3000) / 1000;
    const ck_output_range range = random_range();
    if (between(0, 1)) {
        ck_requantise_table(zero_point, multiplier, &range, table);
        for (int value = -128; value <= 127; value++)
            if (table[value + 128] != expected_requantised(value - zero_point, multiplier, range)) return 0;
    }
    a.table = table, a.input = random_bytes(a.count, -128, 127), a.output = take(a.count, 1);
    int8_t *expected = take(a.count, 1);
    for (size_t i = 0; i < a.count; i++) expected[i] = table[a.input[i] + 128];
    RUN_PARTS(a, kernel->run.lookup_i8(&a));
    return same(a.output, expected, a.count);
}

int check_softmax(const ck_kernel *kernel) {
    ck_softmax_i8 a = {.rows = (size_t)between(1, 5),
                       .columns = (size_t)between(1, 50),
                       .scale = 1.0f / 256,
                       .range = {-128, -128, 127}};
    float *exponentials = take(256 * sizeof(float), 4);
    const float scale = (float)between(1, 1000) / 2000;
    for (int k = 0; k < 256; k++) exponentials[k] = expf(-(float)k * scale);
    a.exponentials = exponentials;
    a.input = random_bytes(a.rows * a.columns, -128, 127), a.output = take(a.rows * a.columns, 1);
    RUN_PARTS(a, kernel->run.softmax_i8(&a));
    for (size_t r = 0; r < a.rows; r++) {
        double sum = 0;
        for (size_t c = 0; c < a.columns; c++) sum += exp((double)a.input[r * a.columns + c] * (double)scale);
        for (size_t c = 0; c < a.columns; c++) {
            const double exact = exp((double)a.input[r * a.columns + c] * (double)scale) / sum * 256 - 128;
            const double found = a.output[r * a.columns + c];
            // Half a step of rounding and what float32 loses; 1 has no byte of its own.
            if (fabs(found - fmin(exact, 127)) > 0.501) return 0;
        }
    }
    return 1;
}

int check_argmax(const ck_kernel *kernel) {
    ck_argmax_i8 a = {(size_t)between(1, 3), (size_t)between(1, 20), (size_t)(between(0, 1) ? 1 : between(1, 40)),
                      .last = between(0, 1)};
    // Few different values, so that some are equal.
    a.input = random_bytes(a.outer * a.length * a.inner, -3, 3);
    a.output = take(a.outer * a.inner * sizeof(int64_t), 8);
    int64_t *expected = take(a.outer * a.inner * sizeof(int64_t), 8);
    for (size_t o = 0; o < a.outer; o++)
        for (size_t i = 0; i < a.inner; i++) {
            int largest = -129;
            for (size_t l = 0; l < a.length; l++) {
                const int value = a.input[(o * a.length + l) * a.inner + i];
                if (value < largest || (value == largest && !a.last)) continue;
                largest = value;
                expected[o * a.inner + i] = (int64_t)l;
            }
        }
    RUN_PARTS(a, kernel->run.argmax_i8(&a));
    return same(a.output, expected, a.outer * a.inner * sizeof(int64_t));
}
