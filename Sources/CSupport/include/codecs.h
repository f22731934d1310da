// Decoders of one compressed frame, over libjpeg-turbo, CharLS and OpenJPEG: bytes in, samples out.
//
// All have one shape and keep the same promises. The stream's header is compared with what the caller expects before
// anything is allocated by its word. At most `rows * columns * samples` numbers are written, all of them if the answer
// is `CODEC_OK`. A stream that ends early or is damaged is an error, never a picture with a grey part. Hostile bytes
// cost time and memory in proportion to the expected size and to their own length, and do not end the process.
#ifndef OUTPOST_CODECS_H
#define OUTPOST_CODECS_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
    CODEC_OK = 0,
    // The bytes are not a whole, valid stream of this kind.
    CODEC_DAMAGED = 1,
    // Rows, columns, samples or precision are not what was expected.
    CODEC_MISMATCH = 2,
    // Valid, and more than is decoded here.
    CODEC_UNSUPPORTED = 3,
    CODEC_OUT_OF_MEMORY = 4,
} codec_status;

// What the stream itself says of its colours.
typedef enum {
    CODEC_COLOUR_UNSAID = 0,
    CODEC_COLOUR_RGB = 1,
    CODEC_COLOUR_YBR = 2,
} codec_colour;

enum { CODEC_MESSAGE_LENGTH = 256 };

// What the caller knows from elsewhere and the stream must confirm.
typedef struct {
    uint32_t rows;
    uint32_t columns;
    // Samples of each pixel.
    uint32_t samples;
    // The most bits a sample may have, 1 to 32.
    uint32_t bits;
} codec_expectation;

typedef struct {
    // Bits of each sample.
    uint32_t precision;
    // Whether the numbers may be negative.
    int is_signed;
    // Of the numbers as they are delivered.
    codec_colour colour;
    // Words of the library for what went wrong; empty if nothing did.
    char message[CODEC_MESSAGE_LENGTH];
} codec_report;

// Each writes the samples pixel by pixel, row by row, and fills in the report whatever happens.

// JPEG baseline, extended and lossless, 2 to 16 bits (ITU-T T.81). No colour conversion.
codec_status codec_decode_jpeg(
    const uint8_t *bytes, size_t length, const codec_expectation *expected, int32_t *samples, codec_report *report);

// JPEG-LS, lossless and near-lossless (ITU-T T.87).
codec_status codec_decode_jpeg_ls(
    const uint8_t *bytes, size_t length, const codec_expectation *expected, int32_t *samples, codec_report *report);

// JPEG 2000 and its high-throughput form (ITU-T T.800 and T.814), with its component transform undone.
codec_status codec_decode_jpeg_2000(
    const uint8_t *bytes, size_t length, const codec_expectation *expected, int32_t *samples, codec_report *report);

#endif
