// What the decoders share.
#ifndef OUTPOST_CODEC_COMMON_H
#define OUTPOST_CODEC_COMMON_H

#include <stdio.h>
#include <string.h>

#include "codecs.h"

static inline codec_status codec_fail(codec_report *report, codec_status status, const char *words) {
    snprintf(report->message, sizeof report->message, "%s", words);
    return status;
}

// Compares a stream's header with what was expected.
static inline codec_status codec_compare(
    const codec_expectation *expected, uint64_t rows, uint64_t columns, uint64_t samples, uint64_t precision,
    codec_report *report) {
    report->precision = precision > UINT32_MAX ? UINT32_MAX : (uint32_t)precision;
    if (rows == expected->rows && columns == expected->columns && samples == expected->samples && precision >= 1 &&
        precision <= expected->bits)
        return CODEC_OK;
    snprintf(
        report->message, sizeof report->message,
        "the compressed frame has %llu rows, %llu columns, %llu samples of %llu bits", (unsigned long long)rows,
        (unsigned long long)columns, (unsigned long long)samples, (unsigned long long)precision);
    return CODEC_MISMATCH;
}

#endif
