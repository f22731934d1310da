#include <math.h>

#include "check_operators.h"
#include "check_support.h"

static ck_image_layout random_layout(size_t rows, size_t columns) {
    ck_image_layout layout = {.is_blocked = between(0, 1), .first_channel = between(0, 1) ? 0 : (size_t)between(0, 20)};
    if (between(0, 1)) layout.first_channel = layout.first_channel / 8 * 8;
    layout.row_pixels = columns + (size_t)(between(0, 1) ? 0 : between(0, 3));
    layout.plane_pixels = rows * layout.row_pixels + (size_t)(between(0, 1) ? 0 : between(0, 3));
    return layout;
}

static size_t place(const ck_image_layout *layout, size_t channel, size_t y, size_t x) {
    const size_t whole = layout->first_channel + channel, pixel = y * layout->row_pixels + x;
    return layout->is_blocked ? blocked_index(layout->plane_pixels, whole, pixel)
                              : whole * layout->plane_pixels + pixel;
}

/// Bytes up to the last one the copy may touch: of a block of which it copies a part, all.
static size_t extent(const ck_image_layout *layout, size_t channels, size_t rows, size_t columns) {
    const size_t last = place(layout, channels - 1, rows - 1, columns - 1);
    return layout->is_blocked ? last / 8 * 8 + 8 : last + 1;
}

int check_copy(const ck_kernel *kernel) {
    ck_copy_i8 a = {.channels = random_channels(),
                    .rows = (size_t)between(1, 4),
                    .columns = (size_t)between(1, 40),
                    .flip_sign = between(0, 1)};
    a.input_layout = random_layout(a.rows, a.columns), a.output_layout = random_layout(a.rows, a.columns);
    const size_t bytes = extent(&a.output_layout, a.channels, a.rows, a.columns);
    a.input = random_bytes(extent(&a.input_layout, a.channels, a.rows, a.columns), -128, 127);
    a.output = random_bytes(bytes, -128, 127);
    int8_t *expected = take(bytes, 1);
    memcpy(expected, a.output, bytes);
    for (size_t c = 0; c < a.channels; c++)
        for (size_t y = 0; y < a.rows; y++)
            for (size_t x = 0; x < a.columns; x++) {
                const int value = a.input[place(&a.input_layout, c, y, x)];
                expected[place(&a.output_layout, c, y, x)] = (int8_t)(a.flip_sign ? (uint8_t)(value + 128) : value);
            }
    RUN_PARTS(a, kernel->run.copy_i8(&a));
    return same(a.output, expected, bytes);
}

int check_quantise(const ck_kernel *kernel) {
    ck_quantise_f32_i8 a = {.channels = random_channels(),
                            .pixels = (size_t)between(1, 70),
                            .output_is_blocked = between(0, 1),
                            .scale = (float)between(1, 100) / 64,
                            .range = random_range()};
    static const float odd[] = {INFINITY, -INFINITY, NAN, 0.0f, -0.0f, 1e30f, -1e30f, 1e-40f};
    const size_t count = a.channels * a.pixels;
    const size_t bytes = a.output_is_blocked ? whole_blocks(a.channels) * a.pixels : count;
    float *input = take(count * sizeof(float), 4);
    for (size_t i = 0; i < count; i++)
        input[i] = between(0, 9) == 0 ? odd[between(0, 7)] : (float)between(-20000, 20000) / 128;
    a.input = input, a.output = take(bytes, 1);
    int8_t *expected = take(bytes, 1);
    memset(expected, a.range.zero_point, bytes);
    for (size_t i = 0; i < count; i++) {
        volatile float scaled = input[i] / a.scale;
        expected[a.output_is_blocked ? blocked_index(a.pixels, i / a.pixels, i % a.pixels) : i] =
            expected_round(scaled, a.range);
    }
    RUN_PARTS(a, kernel->run.quantise_f32_i8(&a));
    return same(a.output, expected, bytes);
}

int check_dequantise(const ck_kernel *kernel) {
    ck_dequantise_i8_f32 a = {.channels = random_channels(),
                              .pixels = (size_t)between(1, 70),
                              .input_is_blocked = between(0, 1),
                              .scale = (float)between(1, 1000) / 977,
                              .zero_point = between(-128, 127)};
    const size_t count = a.channels * a.pixels;
    a.input = random_bytes(a.input_is_blocked ? whole_blocks(a.channels) * a.pixels : count, -128, 127);
    a.output = take(count * sizeof(float), 4);
    float *expected = take(count * sizeof(float), 4);
    for (size_t i = 0; i < count; i++) {
        const size_t from = a.input_is_blocked ? blocked_index(a.pixels, i / a.pixels, i % a.pixels) : i;
        expected[i] = (float)(a.input[from] - a.zero_point) * a.scale;
    }
    RUN_PARTS(a, kernel->run.dequantise_i8_f32(&a));
    return same(a.output, expected, count * sizeof(float));
}
