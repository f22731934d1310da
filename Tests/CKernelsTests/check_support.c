#define _GNU_SOURCE
#include "check_support.h"

#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static uint64_t state;
static int guard_before;

static uint64_t next_random(void) {
    uint64_t z = (state += 0x9E3779B97F4A7C15u);
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

void begin_case(unsigned seed, unsigned round) {
    state = (uint64_t)seed << 32 | round;
    guard_before = (int)(round & 1);
}

int between(int low, int high) { return low + (int)(next_random() % (uint64_t)(high - low + 1)); }

size_t size_around(size_t tile) {
    switch (between(0, 4)) {
    case 0:
        return (size_t)between(1, (int)tile);
    case 1:
        return tile;
    case 2:
        return tile * (size_t)between(2, 3);
    case 3:
        return tile + (size_t)between(1, (int)tile);
    default:
        return (size_t)between(1, (int)(3 * tile));
    }
}

size_t random_channels(void) {
    static const int some[] = {1, 2, 3, 7, 8, 9, 15, 16, 17, 24, 25};
    return (size_t)some[between(0, 10)];
}

typedef struct {
    uint8_t *mapping;
    size_t mapped;
} guarded;

enum { MOST_BUFFERS = 24 };
static guarded buffers[MOST_BUFFERS];
static size_t buffer_count;

void *take(size_t bytes, size_t alignment) {
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const size_t body = (bytes + page - 1) / page * page + page;
    uint8_t *mapping = mmap(NULL, body + 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping == MAP_FAILED || buffer_count == MOST_BUFFERS) abort();
    if (mprotect(mapping, page, PROT_NONE) || mprotect(mapping + page + body, page, PROT_NONE)) abort();
    uint8_t *data = guard_before ? mapping + page : mapping + page + body - bytes;
    data -= guard_before ? 0 : (uintptr_t)data % alignment;
    buffers[buffer_count++] = (guarded){mapping, body + 2 * page};
    memset(data, between(0, 255), bytes);
    return data;
}

void release_all(void) {
    while (buffer_count > 0) {
        buffer_count--;
        munmap(buffers[buffer_count].mapping, buffers[buffer_count].mapped);
    }
}

int8_t *random_bytes(size_t count, int low, int high) {
    int8_t *bytes = take(count, 1);
    // Every third buffer holds only the ends of the range: that is where sums overflow.
    const int extremes = between(0, 2) == 0;
    for (size_t i = 0; i < count; i++)
        bytes[i] = (int8_t)(extremes ? (between(0, 1) ? low : high) : between(low, high));
    return bytes;
}

float *random_multipliers(size_t count, size_t padded, float scale) {
    float *values = take(padded * sizeof(float), 4);
    for (size_t i = 0; i < padded; i++) values[i] = i < count ? scale * (float)between(1, 1000) / 1000 : 0;
    // A power of two makes exact halves, where rounding to even shows.
    if (between(0, 2) == 0)
        for (size_t i = 0; i < count; i++) values[i] = 1.0f / 128;
    return values;
}

int32_t *random_bias(size_t count, size_t padded) {
    int32_t *values = take(padded * sizeof(int32_t), 4);
    for (size_t i = 0; i < padded; i++) values[i] = i < count ? between(-20000, 20000) : 0;
    return values;
}

ck_output_range random_range(void) {
    ck_output_range range = {between(-128, 127), -128, 127};
    if (between(0, 1)) range.minimum = between(-128, 0), range.maximum = between(range.minimum, 127);
    return range;
}

ck_window random_window(void) {
    for (;;) {
        ck_window w = {.input_rows = (size_t)between(1, 9), .input_columns = (size_t)between(1, 9)};
        if (between(0, 3) == 0) w.input_columns = (size_t)between(10, 40);
        w.kernel_rows = (size_t)between(1, 4), w.kernel_columns = (size_t)between(1, 4);
        w.stride_rows = (size_t)between(1, 3), w.stride_columns = (size_t)between(1, 3);
        w.dilation_rows = (size_t)between(1, 2), w.dilation_columns = (size_t)between(1, 2);
        if (between(0, 2) == 0) w.kernel_rows = w.kernel_columns = 1;
        if (between(0, 2) == 0) w.kernel_rows = w.kernel_columns = 3;
        if (between(0, 4) == 0) w.kernel_rows = w.kernel_columns = 5;
        if (between(0, 1)) w.dilation_rows = w.dilation_columns = 1;
        if (between(0, 1)) w.stride_rows = w.stride_columns = (size_t)between(1, 2);
        // Padding below the kernel without dilation: every window then touches the image.
        w.pad_top = (size_t)between(0, (int)w.kernel_rows - 1),
        w.pad_left = (size_t)between(0, (int)w.kernel_columns - 1);
        if (w.dilation_rows > 1) w.pad_top = 0;
        if (w.dilation_columns > 1) w.pad_left = 0;
        const size_t bottom = (size_t)between(0, (int)w.pad_top), right = (size_t)between(0, (int)w.pad_left);
        const size_t rows = w.input_rows + w.pad_top + bottom, columns = w.input_columns + w.pad_left + right;
        const size_t span_rows = (w.kernel_rows - 1) * w.dilation_rows + 1;
        const size_t span_columns = (w.kernel_columns - 1) * w.dilation_columns + 1;
        if (rows < span_rows || columns < span_columns) continue;
        w.output_rows = (rows - span_rows) / w.stride_rows + 1;
        w.output_columns = (columns - span_columns) / w.stride_columns + 1;
        return w;
    }
}

size_t whole_blocks(size_t channels) { return (channels + 7) / 8 * 8; }

size_t blocked_index(size_t pixels, size_t channel, size_t pixel) {
    return (channel / 8 * pixels + pixel) * 8 + channel % 8;
}

int8_t expected_round(float scaled, ck_output_range range) {
    const float low = (float)(range.minimum - range.zero_point), high = (float)(range.maximum - range.zero_point);
    if (isnan(scaled) || scaled < low) scaled = low;
    if (scaled > high) scaled = high;
    return (int8_t)(lrintf(scaled) + range.zero_point);
}

int8_t expected_requantised(int64_t sum, float multiplier, ck_output_range range) {
    volatile float scaled = (float)(int32_t)sum * multiplier;
    return expected_round(scaled, range);
}

int32_t byte_under(const ck_window *w, size_t y, size_t x, size_t tap, const int8_t *input, size_t channel,
                   int32_t outside, size_t *inside) {
    const long row = (long)(y * w->stride_rows + tap / w->kernel_columns * w->dilation_rows) - (long)w->pad_top;
    const long column =
        (long)(x * w->stride_columns + tap % w->kernel_columns * w->dilation_columns) - (long)w->pad_left;
    if (row < 0 || column < 0 || row >= (long)w->input_rows || column >= (long)w->input_columns) return outside;
    (*inside)++;
    return input[blocked_index(w->input_rows * w->input_columns, channel,
                               (size_t)row * w->input_columns + (size_t)column)];
}

int same(const void *found, const void *expected, size_t bytes) { return memcmp(found, expected, bytes) == 0; }
