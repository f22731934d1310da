#include "check_operators.h"
#include "check_support.h"

// The surplus channels of the last block are computed too, from whatever they hold: they are compared like the others.

static size_t output_bytes(const ck_window *w, size_t channels) {
    return w->output_rows * w->output_columns * whole_blocks(channels);
}

static int8_t *random_image(size_t pixels, size_t channels) {
    return random_bytes(pixels * whole_blocks(channels), -128, 127);
}

/// More padding than windows need, so that some lie in it altogether.
static void pad_more(ck_window *w) {
    const size_t top = (size_t)between(0, 12), left = (size_t)between(0, 12);
    w->pad_top += top, w->pad_left += left;
    w->output_rows += (top + (size_t)between(0, 12)) / w->stride_rows;
    w->output_columns += (left + (size_t)between(0, 12)) / w->stride_columns;
}

int check_depthwise(const ck_kernel *kernel) {
    ck_depthwise_i8 a = {.window = random_window(),
                         .channels = random_channels(),
                         .range = random_range(),
                         .input_zero_point = between(-128, 127)};
    const ck_window *w = &a.window;
    if (between(0, 5) == 0) pad_more(&a.window);
    const size_t taps = w->kernel_rows * w->kernel_columns, pixels = w->output_rows * w->output_columns;
    const size_t padded = whole_blocks(a.channels);
    // Small weights let more taps share a sum of 16 bits than large ones do.
    const int largest = between(0, 1) ? 127 : between(0, 127);
    int8_t *weights = random_bytes(a.channels * taps, largest == 127 ? -128 : -largest, largest);
    void *packed = take(ck_depthwise_packed_bytes(w, a.channels), 16);
    ck_depthwise_pack(w, a.channels, weights, packed);
    a.weights = packed;
    a.input = random_image(w->input_rows * w->input_columns, a.channels);
    a.bias = random_bias(a.channels, padded), a.multipliers = random_multipliers(a.channels, padded, 0.05f);
    // A multiplier may be anything finite: products then leave even the range of int32.
    if (between(0, 4) == 0) ((float *)a.multipliers)[between(0, (int)a.channels - 1)] = between(0, 1) ? 1e6f : 1e38f;
    a.scratch = take(ck_depthwise_scratch_bytes(w), 16);
    a.output = take(pixels * padded, 1);
    int8_t *expected = take(pixels * padded, 1);
    for (size_t i = 0; i < pixels * padded; i++) {
        const size_t pixel = i / padded, c = i % padded;
        int64_t sum = a.bias[c];
        size_t inside = 0;
        for (size_t t = 0; t < taps && c < a.channels; t++)
            sum += (int64_t)weights[c * taps + t] * byte_under(w, pixel / w->output_columns, pixel % w->output_columns,
                                                               t, a.input, c, a.input_zero_point, &inside);
        expected[blocked_index(pixels, c, pixel)] = expected_requantised(sum, a.multipliers[c], a.range);
    }
    RUN_PARTS(a, kernel->run.depthwise_i8(&a));
    return same(a.output, expected, pixels * padded);
}

int check_maxpool(const ck_kernel *kernel) {
    ck_maxpool_i8 a = {.window = random_window(), .channels = random_channels(), .range = random_range()};
    const ck_window *w = &a.window;
    const size_t taps = w->kernel_rows * w->kernel_columns, count = output_bytes(w, a.channels);
    const size_t padded = whole_blocks(a.channels);
    a.input = random_image(w->input_rows * w->input_columns, a.channels);
    a.scratch = take(ck_maxpool_scratch_bytes(w), 16);
    a.output = take(count, 1);
    int8_t *expected = take(count, 1);
    for (size_t i = 0; i < count; i++) {
        const size_t pixel = i / padded;
        int32_t largest = -128;
        size_t inside = 0;
        for (size_t t = 0; t < taps; t++) {
            const int32_t value = byte_under(w, pixel / w->output_columns, pixel % w->output_columns, t, a.input,
                                             i % padded, -128, &inside);
            if (value > largest) largest = value;
        }
        if (largest < a.range.minimum) largest = a.range.minimum;
        if (largest > a.range.maximum) largest = a.range.maximum;
        expected[blocked_index(count / padded, i % padded, pixel)] = (int8_t)largest;
    }
    RUN_PARTS(a, kernel->run.maxpool_i8(&a));
    return same(a.output, expected, count);
}

/// Places of the window that lie within the image and, with padding counted, its padding.
static size_t places(const ck_averagepool_i8 *a, size_t y, size_t x) {
    const ck_window *w = &a->window;
    const long border = a->count_padding ? 1 : 0;
    size_t count = 0;
    for (size_t t = 0; t < w->kernel_rows * w->kernel_columns; t++) {
        const long row = (long)(y * w->stride_rows + t / w->kernel_columns * w->dilation_rows) - (long)w->pad_top;
        const long column =
            (long)(x * w->stride_columns + t % w->kernel_columns * w->dilation_columns) - (long)w->pad_left;
        if (row >= -border * (long)w->pad_top && row < (long)w->input_rows + border * (long)a->pad_bottom &&
            column >= -border * (long)w->pad_left && column < (long)w->input_columns + border * (long)a->pad_right)
            count++;
    }
    return count;
}

int check_averagepool(const ck_kernel *kernel) {
    ck_averagepool_i8 a = {.window = random_window(),
                           .channels = random_channels(),
                           .range = random_range(),
                           .input_zero_point = between(-128, 127),
                           .multiplier = (float)between(1, 2000) / 1000,
                           .count_padding = between(0, 1)};
    if (between(0, 3) == 0)
        a.window = (ck_window){a.window.input_rows,
                               a.window.input_columns,
                               1,
                               1,
                               a.window.input_rows,
                               a.window.input_columns,
                               1,
                               1,
                               1,
                               1,
                               0,
                               0};
    const ck_window *w = &a.window;
    a.pad_bottom = (size_t)between(0, 2), a.pad_right = (size_t)between(0, 2);
    const size_t taps = w->kernel_rows * w->kernel_columns, count = output_bytes(w, a.channels);
    const size_t padded = whole_blocks(a.channels);
    a.input = random_image(w->input_rows * w->input_columns, a.channels);
    a.scratch = take(ck_averagepool_scratch_bytes(w), 16);
    a.output = take(count, 1);
    int8_t *expected = take(count, 1);
    for (size_t i = 0; i < count; i++) {
        const size_t y = i / padded / w->output_columns, x = i / padded % w->output_columns;
        int64_t sum = 0;
        size_t inside = 0;
        for (size_t t = 0; t < taps; t++)
            sum += byte_under(w, y, x, t, a.input, i % padded, a.input_zero_point, &inside) - a.input_zero_point;
        volatile float multiplier = a.multiplier / (float)places(&a, y, x);
        expected[blocked_index(count / padded, i % padded, i / padded)] =
            expected_requantised(sum, multiplier, a.range);
    }
    RUN_PARTS(a, kernel->run.averagepool_i8(&a));
    return same(a.output, expected, count);
}

int check_resize_nearest(const ck_kernel *kernel) {
    ck_resize_nearest_i8 a = {random_channels(),      (size_t)between(1, 9),  (size_t)between(1, 9),
                              (size_t)between(1, 20), (size_t)between(1, 20), .part = 0};
    uint32_t *rows = take(4 * a.output_rows, 4), *columns = take(4 * a.output_columns, 4);
    for (size_t y = 0; y < a.output_rows; y++) rows[y] = (uint32_t)between(0, (int)a.input_rows - 1);
    const int doubled = between(0, 1);
    if (doubled) a.input_columns = (a.output_columns + 1) / 2;
    for (size_t x = 0; x < a.output_columns; x++)
        columns[x] = doubled ? (uint32_t)x / 2 : (uint32_t)between(0, (int)a.input_columns - 1);
    a.row_source = rows, a.column_source = columns;
    const size_t pixels = a.output_rows * a.output_columns, padded = whole_blocks(a.channels);
    a.input = random_image(a.input_rows * a.input_columns, a.channels);
    a.output = take(pixels * padded, 1);
    int8_t *expected = take(pixels * padded, 1);
    for (size_t c = 0; c < padded; c++)
        for (size_t p = 0; p < pixels; p++)
            expected[blocked_index(pixels, c, p)] =
                a.input[blocked_index(a.input_rows * a.input_columns, c,
                                      rows[p / a.output_columns] * a.input_columns + columns[p % a.output_columns])];
    RUN_PARTS(a, kernel->run.resize_nearest_i8(&a));
    return same(a.output, expected, pixels * padded);
}

static ck_resize_source *random_sources(size_t count, size_t extent) {
    ck_resize_source *sources = take(count * sizeof(ck_resize_source), 4);
    for (size_t i = 0; i < count; i++)
        sources[i] = (ck_resize_source){(uint32_t)between(0, (int)extent - 1), (uint32_t)between(0, (int)extent - 1),
                                        (float)between(0, 12) / (between(0, 1) ? 12 : 16)};
    return sources;
}

static float interpolated(float first, float second, float weight) {
    volatile float rest = 1 - weight, left = first * rest, right = second * weight;
    return left + right;
}

int check_resize_linear(const ck_kernel *kernel) {
    ck_resize_linear_i8 a = {random_channels(),       (size_t)between(1, 9),
                             (size_t)between(1, 9),   (size_t)between(1, 20),
                             (size_t)between(1, 20),  .input_zero_point = between(-128, 127),
                             .range = random_range(), .multiplier = between(0, 1) ? 1 : (float)between(1, 2000) / 1000};
    a.rows = random_sources(a.output_rows, a.input_rows), a.columns = random_sources(a.output_columns, a.input_columns);
    const size_t pixels = a.output_rows * a.output_columns, padded = whole_blocks(a.channels);
    const size_t inputs = a.input_rows * a.input_columns;
    a.input = random_image(inputs, a.channels);
    a.scratch = take(ck_resize_linear_scratch_bytes(a.output_columns), 16);
    a.output = take(pixels * padded, 1);
    int8_t *expected = take(pixels * padded, 1);
    for (size_t c = 0; c < padded; c++)
        for (size_t p = 0; p < pixels; p++) {
            const ck_resize_source row = a.rows[p / a.output_columns], column = a.columns[p % a.output_columns];
            float ends[2];
            for (int end = 0; end < 2; end++) {
                const size_t start = (end ? row.second : row.first) * a.input_columns;
                const int first = a.input[blocked_index(inputs, c, start + column.first)];
                const int second = a.input[blocked_index(inputs, c, start + column.second)];
                ends[end] = interpolated((float)(first - a.input_zero_point), (float)(second - a.input_zero_point),
                                         column.weight);
            }
            volatile float scaled = interpolated(ends[0], ends[1], row.weight) * a.multiplier;
            expected[blocked_index(pixels, c, p)] = expected_round(scaled, a.range);
        }
    RUN_PARTS(a, kernel->run.resize_linear_i8(&a));
    return same(a.output, expected, pixels * padded);
}

int check_pad(const ck_kernel *kernel) {
    ck_pad_i8 a = {.channels = random_channels(),
                   .input_rows = (size_t)between(1, 9),
                   .input_columns = (size_t)between(1, 9),
                   .pad_top = (size_t)between(0, 3),
                   .pad_left = (size_t)between(0, 3),
                   .value = (int8_t)between(-128, 127)};
    a.output_rows = a.input_rows + a.pad_top + (size_t)between(0, 3);
    a.output_columns = a.input_columns + a.pad_left + (size_t)between(0, 3);
    const size_t pixels = a.output_rows * a.output_columns, padded = whole_blocks(a.channels);
    a.input = random_image(a.input_rows * a.input_columns, a.channels);
    a.output = take(pixels * padded, 1);
    int8_t *expected = take(pixels * padded, 1);
    memset(expected, a.value, pixels * padded);
    for (size_t c = 0; c < padded; c++)
        for (size_t p = 0; p < a.input_rows * a.input_columns; p++) {
            const size_t y = p / a.input_columns + a.pad_top, x = p % a.input_columns + a.pad_left;
            expected[blocked_index(pixels, c, y * a.output_columns + x)] =
                a.input[blocked_index(a.input_rows * a.input_columns, c, p)];
        }
    RUN_PARTS(a, kernel->run.pad_i8(&a));
    return same(a.output, expected, pixels * padded);
}
