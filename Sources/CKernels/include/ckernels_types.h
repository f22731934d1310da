// What all kernels' arguments are made of.

#ifndef OUTPOST_CKERNELS_TYPES_H
#define OUTPOST_CKERNELS_TYPES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Processor features, as a bit set. Zero is what every processor of the architecture has.
enum {
    CK_FEATURE_NEON = 1 << 0,     ///< ARMv8.0 Advanced SIMD
    CK_FEATURE_DOTPROD = 1 << 1,  ///< ARMv8.2 SDOT
    CK_FEATURE_I8MM = 1 << 2,     ///< ARMv8.6 SMMLA
};

/// The features of the processor this runs on.
uint32_t ck_cpu_features(void);

/// The cores the calling thread may run on: bit n % 64 of word n / 64 is core n. Not 0 where the system cannot say.
int ck_thread_cores(size_t word_count, uint64_t *words);
/// Keeps the calling thread to these cores. Not 0 where the system refuses, and then nothing has changed.
int ck_keep_thread_to_cores(size_t word_count, const uint64_t *words);

/// A requantisation's ends: `zero_point` is added after rounding; the result lies in `minimum...maximum`, which a fused
/// ReLU or clip narrows. -128 <= minimum <= maximum <= 127.
typedef struct {
    int32_t zero_point;
    int32_t minimum;
    int32_t maximum;
} ck_output_range;

/// A window sliding over an image. All counts are >= 1, pads >= 0.
typedef struct {
    size_t input_rows, input_columns;
    size_t output_rows, output_columns;
    size_t kernel_rows, kernel_columns;
    size_t stride_rows, stride_columns;
    size_t dilation_rows, dilation_columns;
    size_t pad_top, pad_left;
} ck_window;

/// Channels in a block of an image.
enum { CK_BLOCK_CHANNELS = 8 };

#ifdef __cplusplus
}
#endif
#endif
