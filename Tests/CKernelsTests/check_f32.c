// The float operators, against sums in float64. Float sums depend on their order: what is compared is the distance, as
// a part of the sum of magnitudes.

#include <math.h>

#include "check_operators.h"
#include "check_support.h"

static float *random_floats(size_t count) {
    float *values = take(count * sizeof(float), 4);
    for (size_t i = 0; i < count; i++) values[i] = (float)between(-1000, 1000) / 256;
    return values;
}

static int is_near(float found, double expected, double magnitude) {
    return fabs((double)found - expected) <= magnitude * 1e-6 + 1e-30;
}

int check_conv2d_f32(void) {
    ck_window w = random_window();
    const size_t groups = (size_t)between(1, 3), depth = (size_t)between(1, 5), width = (size_t)between(1, 9);
    const size_t taps = w.kernel_rows * w.kernel_columns, inputs = w.input_rows * w.input_columns;
    const size_t pixels = w.output_rows * w.output_columns, outputs = groups * width;
    const float *input = random_floats(groups * depth * inputs), *weights = random_floats(outputs * depth * taps);
    const float *bias = between(0, 3) ? random_floats(outputs) : NULL;
    float *output = take(outputs * pixels * sizeof(float), 4);
    ck_conv2d_f32(&w, groups, groups * depth, outputs, input, weights, bias, output);
    for (size_t i = 0; i < outputs * pixels; i++) {
        const size_t channel = i / pixels, y = i % pixels / w.output_columns, x = i % pixels % w.output_columns;
        double sum = bias ? (double)bias[channel] : 0, magnitude = fabs(sum);
        for (size_t k = 0; k < depth * taps; k++) {
            const size_t tap = k % taps, from = channel / width * depth + k / taps;
            const size_t row = y * w.stride_rows + tap / w.kernel_columns * w.dilation_rows - w.pad_top;
            const size_t column = x * w.stride_columns + tap % w.kernel_columns * w.dilation_columns - w.pad_left;
            // Places above or left of the image have wrapped around.
            if (row >= w.input_rows || column >= w.input_columns) continue;
            const double product = (double)weights[channel * depth * taps + k] *
                                   (double)input[from * inputs + row * w.input_columns + column];
            sum += product, magnitude += fabs(product);
        }
        if (!is_near(output[i], sum, magnitude)) return 0;
    }
    return 1;
}

int check_dense_f32(void) {
    const size_t rows = (size_t)between(1, 4), depth = (size_t)between(1, 40), columns = (size_t)between(1, 13);
    const float *a = random_floats(rows * depth), *b = random_floats(columns * depth);
    const float *bias = between(0, 3) ? random_floats(columns) : NULL;
    float *output = take(rows * columns * sizeof(float), 4);
    ck_dense_f32(rows, depth, columns, a, b, bias, output);
    for (size_t i = 0; i < rows * columns; i++) {
        double sum = bias ? (double)bias[i % columns] : 0, magnitude = fabs(sum);
        for (size_t k = 0; k < depth; k++) {
            const double product = (double)a[i / columns * depth + k] * (double)b[i % columns * depth + k];
            sum += product, magnitude += fabs(product);
        }
        if (!is_near(output[i], sum, magnitude)) return 0;
    }
    return 1;
}
