#include <stdlib.h>

#include <charls/charls.h>

#include "codec_common.h"

static codec_status library_error(charls_jpegls_errc error, codec_report *report) {
    codec_status status = CODEC_DAMAGED;
    switch (error) {
    case CHARLS_JPEGLS_ERRC_NOT_ENOUGH_MEMORY: status = CODEC_OUT_OF_MEMORY; break;
    case CHARLS_JPEGLS_ERRC_PARAMETER_VALUE_NOT_SUPPORTED:
    case CHARLS_JPEGLS_ERRC_ENCODING_NOT_SUPPORTED:
    case CHARLS_JPEGLS_ERRC_COLOR_TRANSFORM_NOT_SUPPORTED: status = CODEC_UNSUPPORTED; break;
    default: break;
    }
    return codec_fail(report, status, charls_get_error_message(error));
}

// One sample in the library's buffer.
static int32_t sample_at(const void *buffer, size_t index, int is_wide) {
    return is_wide ? ((const uint16_t *)buffer)[index] : ((const uint8_t *)buffer)[index];
}

codec_status codec_decode_jpeg_ls(
    const uint8_t *bytes, size_t length, const codec_expectation *expected, int32_t *samples, codec_report *report) {
    memset(report, 0, sizeof *report);
    // The library counts on a marker behind the last bits: where the bytes just end within a run of zeros it would look
    // for a one for thousands of millions of steps. So an end marker always follows.
    uint8_t *const stream = length < SIZE_MAX - 2 ? malloc(length + 2) : NULL;
    charls_jpegls_decoder *decoder = charls_jpegls_decoder_create();
    if (!stream || !decoder) {
        free(stream);
        charls_jpegls_decoder_destroy(decoder);
        return codec_fail(report, CODEC_OUT_OF_MEMORY, "no memory for a decoder");
    }
    if (length > 0) memcpy(stream, bytes, length);
    stream[length] = 0xFF;
    stream[length + 1] = 0xD9;
    void *buffer = NULL;
    codec_status status = CODEC_OK;
    charls_frame_info frame;
    charls_interleave_mode interleave = CHARLS_INTERLEAVE_MODE_NONE;
    size_t size = 0;
    charls_jpegls_errc error = charls_jpegls_decoder_set_source_buffer(decoder, stream, length + 2);
    if (!error) error = charls_jpegls_decoder_read_header(decoder);
    if (!error) error = charls_jpegls_decoder_get_frame_info(decoder, &frame);
    if (!error) error = charls_jpegls_decoder_get_interleave_mode(decoder, &interleave);
    if (error) {
        status = library_error(error, report);
        goto end;
    }
    status = codec_compare(
        expected, frame.height, frame.width, (uint64_t)frame.component_count, (uint64_t)frame.bits_per_sample, report);
    if (status != CODEC_OK) goto end;
    const int is_wide = frame.bits_per_sample > 8;
    const size_t pixels = (size_t)expected->rows * expected->columns;
    const size_t count = pixels * expected->samples;
    error = charls_jpegls_decoder_get_destination_size(decoder, 0, &size);
    if (!error && size != count * (is_wide ? 2 : 1)) {
        status = codec_fail(report, CODEC_DAMAGED, "the decoder expects another size than the header says");
        goto end;
    }
    if (!error) {
        buffer = malloc(size);
        if (!buffer) {
            status = codec_fail(report, CODEC_OUT_OF_MEMORY, "no memory for a frame");
            goto end;
        }
        error = charls_jpegls_decoder_decode_to_buffer(decoder, buffer, size, 0);
    }
    if (error) {
        status = library_error(error, report);
        goto end;
    }
    if (interleave == CHARLS_INTERLEAVE_MODE_NONE && expected->samples > 1) {
        // Plane by plane.
        for (size_t plane = 0; plane < expected->samples; plane++)
            for (size_t pixel = 0; pixel < pixels; pixel++)
                samples[pixel * expected->samples + plane] = sample_at(buffer, plane * pixels + pixel, is_wide);
    } else {
        for (size_t index = 0; index < count; index++) samples[index] = sample_at(buffer, index, is_wide);
    }
end:
    free(buffer);
    charls_jpegls_decoder_destroy(decoder);
    free(stream);
    return status;
}
