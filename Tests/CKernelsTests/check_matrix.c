// Convolutions and dense layers.

#include <math.h>

#include "check_operators.h"
#include "check_support.h"

/// Where a channel of a pixel lies.
static size_t place_of(size_t channel, size_t pixel, size_t pixels, int blocked) {
    return blocked ? blocked_index(pixels, channel, pixel) : channel * pixels + pixel;
}

static size_t blocked_bytes(size_t channels, size_t pixels) { return whole_blocks(channels) * pixels; }

/// Windows up to and beyond the kernels' tiles, with pads that may exceed the kernel.
static ck_window random_conv_window(void) {
    ck_window w = random_window();
    w.input_columns = (size_t)between(1, between(0, 1) ? 12 : 40), w.input_rows = (size_t)between(1, 9);
    if (between(0, 9) == 0) w.kernel_rows = w.kernel_columns = 7, w.stride_rows = w.stride_columns = 2;
    if (between(0, 2) == 0) w.kernel_rows = w.kernel_columns = 3;
    if (between(0, 2) == 0) w.stride_rows = w.stride_columns = w.dilation_rows = w.dilation_columns = 1;
    const size_t span_rows = (w.kernel_rows - 1) * w.dilation_rows + 1;
    const size_t span_columns = (w.kernel_columns - 1) * w.dilation_columns + 1;
    const int most = between(0, 5) == 0 ? 12 : 3;
    w.pad_top = (size_t)between(0, most), w.pad_left = (size_t)between(0, most);
    if (between(0, 2) == 0) w.pad_top = w.kernel_rows / 2, w.pad_left = w.kernel_columns / 2;
    if (w.kernel_rows == 1 && between(0, 3) > 0) w.pad_top = w.pad_left = 0;
    size_t rows = w.input_rows + w.pad_top + (size_t)between(0, (int)w.pad_top);
    size_t columns = w.input_columns + w.pad_left + (size_t)between(0, (int)w.pad_left);
    if (rows < span_rows) rows = span_rows;
    if (columns < span_columns) columns = span_columns;
    w.output_rows = (rows - span_rows) / w.stride_rows + 1;
    w.output_columns = (columns - span_columns) / w.stride_columns + 1;
    return w;
}

static ck_conv2d_shape random_conv_shape(void) {
    ck_conv2d_shape s = {.window = random_conv_window(), .groups = 1, .input_is_blocked = between(0, 3) > 0};
    s.input_channels = s.input_is_blocked ? size_around(CK_BLOCK_CHANNELS) : (size_t)between(1, 9);
    if (between(0, 4) == 0) s.input_channels *= 4;
    s.output_channels = size_around(CK_BLOCK_CHANNELS);
    if (between(0, 5) == 0) {
        s.groups = (size_t)between(2, 4);
        s.input_channels = s.groups * (size_t)between(1, 6), s.output_channels = s.groups * (size_t)between(1, 6);
    }
    return s;
}

/// What Winograd's convolution is for; now and then with so many channels that weights of 127 just keep its bound.
static ck_conv2d_shape random_winograd_shape(void) {
    ck_conv2d_shape s = {.groups = 1, .input_is_blocked = 1};
    const size_t rows = (size_t)between(3, 19), columns = (size_t)between(3, 19);
    const size_t top = (size_t)between(0, 2), left = (size_t)between(0, 2), below = (size_t)between(0, 2);
    s.window = (ck_window){.input_rows = rows, .input_columns = columns, .kernel_rows = 3, .kernel_columns = 3,
                           .stride_rows = 1, .stride_columns = 1, .dilation_rows = 1, .dilation_columns = 1,
                           .pad_top = top, .pad_left = left};
    s.window.output_rows = rows + top + below - 2, s.window.output_columns = columns + left + below - 2;
    s.input_channels = 16 + size_around(CK_BLOCK_CHANNELS), s.output_channels = 16 + size_around(CK_BLOCK_CHANNELS);
    if (between(0, 5) == 0) s.input_channels = (size_t)between(225, 231), s.output_channels = 16;
    return s;
}

/// All that a kernel takes, or what is just light enough, or not, for the sums in int16 of deep_neon.h.
static int8_t *random_weights(const ck_kernel *kernel, size_t count) {
    const int light = between(0, 2) == 0;
    return random_bytes(count, light ? -64 : kernel->weight_minimum, light ? 63 : 127);
}

static int64_t conv_sum(const ck_conv2d_i8 *a, const int8_t *weights, size_t pixel, size_t output) {
    const ck_conv2d_shape *s = &a->shape;
    const ck_window *w = &s->window;
    const size_t taps = w->kernel_rows * w->kernel_columns, pixels = w->input_rows * w->input_columns;
    const size_t depth = s->input_channels / s->groups;
    const size_t first = output / (s->output_channels / s->groups) * depth;
    const size_t y = pixel / w->output_columns, x = pixel % w->output_columns;
    int64_t sum = a->bias[output];
    for (size_t channel = 0; channel < depth; channel++)
        for (size_t tap = 0; tap < taps; tap++) {
            const long row = (long)(y * w->stride_rows + tap / w->kernel_columns * w->dilation_rows) - (long)w->pad_top;
            const long column =
                (long)(x * w->stride_columns + tap % w->kernel_columns * w->dilation_columns) - (long)w->pad_left;
            const int inside = row >= 0 && column >= 0 && row < (long)w->input_rows && column < (long)w->input_columns;
            const size_t under = inside ? (size_t)row * w->input_columns + (size_t)column : 0;
            const size_t place = place_of(first + channel, under, pixels, s->input_is_blocked);
            sum += (int64_t)weights[(output * depth + channel) * taps + tap] *
                   (inside ? a->input[place] : a->input_zero_point);
        }
    return sum;
}

static int check_one_conv2d(const ck_kernel *kernel) {
    const int winograd = kernel->matrix == NULL;
    ck_conv2d_i8 a = {.shape = winograd ? random_winograd_shape() : random_conv_shape(), .range = random_range(),
                      .input_zero_point = between(-128, 127)};
    const ck_conv2d_shape *s = &a.shape;
    const ck_window *w = &s->window;
    const size_t depth = s->input_channels / s->groups * w->kernel_rows * w->kernel_columns;
    const size_t input_pixels = w->input_rows * w->input_columns, pixels = w->output_rows * w->output_columns;
    const size_t padded = ck_packed_columns(s->output_channels), packed_bytes = ck_conv2d_packed_bytes(kernel, s);
    // Winograd's convolution may decline a shape, or weights.
    if (packed_bytes == 0) return winograd;
    int8_t *weights = random_weights(kernel, s->output_channels * depth);
    // The largest sums there are: around the bound of Winograd's convolution.
    const int largest = winograd && between(0, 2) == 0;
    if (largest) memset(weights, between(0, 1) ? 127 : -128, s->output_channels * depth);
    void *packed = take(packed_bytes, 16);
    if (!ck_conv2d_pack(kernel, s, weights, packed)) return winograd;
    a.weights = packed;
    const size_t row_major_bytes = s->input_channels * input_pixels;
    const size_t input_bytes = s->input_is_blocked ? blocked_bytes(s->input_channels, input_pixels) : row_major_bytes;
    int8_t *input = random_bytes(input_bytes, -128, 127);
    if (largest) memset(input, -128, input_bytes);
    a.input = input;
    a.bias = random_bias(s->output_channels, padded);
    a.multipliers = random_multipliers(s->output_channels, padded, 0.02f);
    const int32_t bounded = ck_sums_are_bounded(s->output_channels, depth, weights, a.bias, a.multipliers);
    a.is_bounded = bounded && between(0, 3) > 0;
    const size_t output_bytes = blocked_bytes(s->output_channels, pixels);
    a.output = take(output_bytes, 1);
    memset(a.output, 77, output_bytes);
    a.part_count = between(0, 1) ? 1 : (size_t)between(2, 5);
    for (a.part = 0; a.part < a.part_count; a.part++) {
        // Every part has a scratch of its own.
        a.scratch = take(ck_conv2d_scratch_bytes(kernel, s), 16);
        kernel->run.conv2d_i8(&a);
    }
    for (size_t o = 0; o < s->output_channels; o++)
        for (size_t pixel = 0; pixel < pixels; pixel++) {
            const int8_t expected = expected_requantised(conv_sum(&a, weights, pixel, o), a.multipliers[o], a.range);
            if (a.output[place_of(o, pixel, pixels, 1)] != expected) return 0;
        }
    return 1;
}

static int check_one_dense(const ck_kernel *kernel) {
    ck_dense_i8 a = {.rows = between(0, 2) ? (size_t)between(1, 3) : size_around(kernel->tile.rows),
                     .depth = size_around(between(0, 1) ? kernel->tile.depth : 4 * kernel->tile.depth),
                     .columns = size_around(kernel->tile.columns), .range = random_range()};
    const size_t padded = ck_packed_columns(a.columns);
    int8_t *weights = random_weights(kernel, a.columns * a.depth);
    void *packed = take(ck_dense_packed_bytes(kernel, a.depth, a.columns), 16);
    if (!ck_dense_pack(kernel, a.depth, a.columns, weights, packed)) return 0;
    a.weights = packed, a.input = random_bytes(a.rows * a.depth, -128, 127);
    a.bias = random_bias(a.columns, padded), a.multipliers = random_multipliers(a.columns, padded, 0.02f);
    a.output = take(a.rows * a.columns, 1);
    memset(a.output, 77, a.rows * a.columns);
    a.part_count = between(0, 1) ? 1 : (size_t)between(2, 5);
    for (a.part = 0; a.part < a.part_count; a.part++) {
        a.scratch = take(ck_dense_scratch_bytes(kernel, a.depth), 16);
        kernel->run.dense_i8(&a);
    }
    for (size_t r = 0; r < a.rows; r++)
        for (size_t o = 0; o < a.columns; o++) {
            int64_t sum = a.bias[o];
            for (size_t k = 0; k < a.depth; k++) sum += (int64_t)weights[o * a.depth + k] * a.input[r * a.depth + k];
            if (a.output[r * a.columns + o] != expected_requantised(sum, a.multipliers[o], a.range)) return 0;
        }
    return 1;
}

// --- Requantisation, with weights of zero, so that the sums are the biases.

enum { REQUANTISED = 1024 };

/// A sum that lands at or beside a half, or far outside the range; unless bounded, also at the ends of int32.
static int32_t telling_sum(float multiplier, int bounded) {
    if (!bounded && between(0, 9) == 0)
        return between(0, 1) ? INT32_MAX - between(0, 200) : INT32_MIN + between(0, 200);
    const int far = bounded ? 31990 : 70000;
    const int reach = between(0, 3) ? 260 : far;  // beyond int8, and beyond int16
    const double target = ((double)between(-2 * reach, 2 * reach) / 2) / (double)multiplier;
    const double sum = floor(target) + between(-1, 1);
    return sum > INT32_MAX ? INT32_MAX : sum < INT32_MIN ? INT32_MIN : (int32_t)sum;
}

static int requantises(const ck_kernel *kernel, const int32_t *sums, const float *multipliers, ck_output_range range) {
    static const int8_t zeros[REQUANTISED * 16 * 9];
    const int dense = kernel->operation == CK_DENSE_I8, winograd = !dense && kernel->matrix == NULL;
    const size_t side = winograd ? 6 : 4, kernel_side = winograd ? 3 : 1, channels = winograd ? 16 : 8;
    const size_t outputs = side - kernel_side + 1, pixels = dense ? 1 : outputs * outputs;
    const int8_t *input = random_bytes(channels * side * side, -128, 127);
    int8_t *output = take(REQUANTISED * pixels, 1);
    if (dense) {
        ck_dense_i8 a = {.rows = 1, .depth = channels, .columns = REQUANTISED, .input = input, .output = output,
                         .bias = sums, .multipliers = multipliers, .range = range, .part_count = 1};
        void *packed = take(ck_dense_packed_bytes(kernel, channels, REQUANTISED), 16);
        if (!ck_dense_pack(kernel, channels, REQUANTISED, zeros, packed)) return 0;
        a.weights = packed, a.scratch = take(ck_dense_scratch_bytes(kernel, channels), 16);
        kernel->run.dense_i8(&a);
    } else {
        ck_conv2d_i8 a = {.input = input, .output = output, .bias = sums, .multipliers = multipliers, .range = range,
                          .part_count = 1};
        a.shape = (ck_conv2d_shape){{side, side, outputs, outputs, kernel_side, kernel_side, 1, 1, 1, 1, 0, 0},
                                    channels, REQUANTISED, 1, 1};
        a.is_bounded = ck_sums_are_bounded(REQUANTISED, channels, zeros, sums, multipliers) && between(0, 3) > 0;
        void *packed = take(ck_conv2d_packed_bytes(kernel, &a.shape), 16);
        if (!ck_conv2d_pack(kernel, &a.shape, zeros, packed)) return 0;
        a.weights = packed, a.scratch = take(ck_conv2d_scratch_bytes(kernel, &a.shape), 16);
        kernel->run.conv2d_i8(&a);
    }
    for (size_t o = 0; o < REQUANTISED; o++)
        for (size_t pixel = 0; pixel < pixels; pixel++) {
            const int8_t found = output[dense ? o : place_of(o, pixel, pixels, 1)];
            if (found != expected_requantised(sums[o], multipliers[o], range)) return 0;
        }
    return 1;
}

/// Sums chosen to tell, then every sum of a stretch in which a power of two makes each half.
static int check_requantisation(const ck_kernel *kernel) {
    int32_t *sums = take(REQUANTISED * sizeof(int32_t), 4);
    float *multipliers = take(REQUANTISED * sizeof(float), 4);
    const int bounded = between(0, 1);
    for (size_t o = 0; o < REQUANTISED; o++) {
        multipliers[o] = ldexpf((float)between(1 << 23, 1 << 24), -23 - between(1, 20));
        sums[o] = telling_sum(multipliers[o], bounded);
    }
    if (!requantises(kernel, sums, multipliers, random_range())) return 0;
    const int32_t first = between(-40, 40) * REQUANTISED;
    const float power = ldexpf(1, -between(1, 8));
    for (size_t o = 0; o < REQUANTISED; o++) sums[o] = first + (int32_t)o, multipliers[o] = power;
    return requantises(kernel, sums, multipliers, random_range());
}

// One case in twenty is of requantisation alone.
enum { REQUANTISATION_EVERY = 20 };

int check_conv2d(const ck_kernel *kernel) {
    return between(1, REQUANTISATION_EVERY) == 1 ? check_requantisation(kernel) : check_one_conv2d(kernel);
}

int check_dense(const ck_kernel *kernel) {
    return between(1, REQUANTISATION_EVERY) == 1 ? check_requantisation(kernel) : check_one_dense(kernel);
}
