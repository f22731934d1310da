#include <setjmp.h>
#include <stdlib.h>

#include "codec_common.h"

// After stdio: this header needs FILE and does not say so.
#include <jerror.h>
#include <jpeglib.h>

#if !defined(LIBJPEG_TURBO_VERSION_NUMBER) || LIBJPEG_TURBO_VERSION_NUMBER < 3001000
#error "libjpeg-turbo 3.1 or newer is needed: build through make, which prepares it (image/toolchain/build-codecs)"
#endif

// A progressive stream may have any number of scans over the whole image, of a few bytes each. Real ones have ten.
static const int scan_limit = 64;

// The library reports by calling back. It never returns from an error, so the way out is a jump.
typedef struct {
    struct jpeg_error_mgr base;
    jmp_buf way_out;
    codec_report *report;
    codec_status status;
} jpeg_errors;

static _Noreturn void leave(j_common_ptr common) {
    jpeg_errors *errors = (jpeg_errors *)common->err;
    char words[JMSG_LENGTH_MAX];
    errors->base.format_message(common, words);
    switch (errors->base.msg_code) {
    case JERR_OUT_OF_MEMORY: errors->status = CODEC_OUT_OF_MEMORY; break;
    case JERR_BAD_PRECISION:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED:
    case JERR_CCIR601_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL: errors->status = CODEC_UNSUPPORTED; break;
    default: errors->status = CODEC_DAMAGED; break;
    }
    codec_fail(errors->report, errors->status, words);
    longjmp(errors->way_out, 1);
}

// Where the library would go on with invented samples, this does not. Warnings that leave the samples alone are passed
// by.
static void notice(j_common_ptr common, int level) {
    if (level >= 0) return;
    switch (common->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
    case JWRN_NOT_SEQUENTIAL:
    case JWRN_TOO_MUCH_DATA: return;
    default: leave(common);
    }
}

static void say_nothing(j_common_ptr common) { (void)common; }

static void watch_scans(j_common_ptr common) {
    if (((j_decompress_ptr)common)->input_scan_number > scan_limit) {
        common->err->msg_code = JERR_NOT_COMPILED;
        leave(common);
    }
}

static void start_source(j_decompress_ptr decoder) { (void)decoder; }

// The stream's end comes as an end marker: many writers leave theirs out. Samples that are still missing then are
// noticed by the entropy decoder.
static boolean end_source(j_decompress_ptr decoder) {
    static const JOCTET end[] = {0xFF, JPEG_EOI};
    decoder->src->next_input_byte = end;
    decoder->src->bytes_in_buffer = sizeof end;
    return TRUE;
}

static void skip_source(j_decompress_ptr decoder, long count) {
    struct jpeg_source_mgr *source = decoder->src;
    if (count <= 0) return;
    if ((size_t)count > source->bytes_in_buffer) {
        end_source(decoder);
    } else {
        source->next_input_byte += count;
        source->bytes_in_buffer -= (size_t)count;
    }
}

static codec_colour colour(j_decompress_ptr decoder) {
    if (decoder->num_components != 3) return CODEC_COLOUR_UNSAID;
    const jpeg_component_info *component = decoder->comp_info;
    const int ids[] = {component[0].component_id, component[1].component_id, component[2].component_id};
    if ((ids[0] == 'R' && ids[1] == 'G' && ids[2] == 'B') || (ids[0] == 'r' && ids[1] == 'g' && ids[2] == 'b'))
        return CODEC_COLOUR_RGB;
    if (decoder->saw_Adobe_marker) return decoder->Adobe_transform == 0 ? CODEC_COLOUR_RGB : CODEC_COLOUR_YBR;
    return decoder->saw_JFIF_marker ? CODEC_COLOUR_YBR : CODEC_COLOUR_UNSAID;
}

// Row by row through a buffer of the sample type that goes with the precision.
#define READ_ROWS(Sample, read_scanlines)                                                   \
    do {                                                                                    \
        while (decoder.output_scanline < decoder.output_height) {                           \
            Sample *line = (Sample *)row;                                                   \
            int32_t *output = samples + (size_t)decoder.output_scanline * row_length;       \
            if (read_scanlines(&decoder, &line, 1) != 1) {                                  \
                status = codec_fail(report, CODEC_DAMAGED, "no further rows");              \
                break;                                                                      \
            }                                                                               \
            for (size_t index = 0; index < row_length; index++) output[index] = line[index]; \
        }                                                                                   \
    } while (0)

codec_status codec_decode_jpeg(
    const uint8_t *bytes, size_t length, const codec_expectation *expected, int32_t *samples, codec_report *report) {
    memset(report, 0, sizeof *report);
    const size_t row_length = (size_t)expected->columns * expected->samples;
    void *const row = malloc(row_length * sizeof(uint16_t));
    if (!row) return codec_fail(report, CODEC_OUT_OF_MEMORY, "no memory for a row");

    struct jpeg_decompress_struct decoder;
    jpeg_errors errors = {.report = report, .status = CODEC_DAMAGED};
    struct jpeg_source_mgr source = {
        .next_input_byte = bytes, .bytes_in_buffer = length, .init_source = start_source,
        .fill_input_buffer = end_source, .skip_input_data = skip_source, .resync_to_restart = jpeg_resync_to_restart,
        .term_source = start_source};
    struct jpeg_progress_mgr progress = {.progress_monitor = watch_scans};
    memset(&decoder, 0, sizeof decoder);
    decoder.err = jpeg_std_error(&errors.base);
    errors.base.error_exit = leave;
    errors.base.emit_message = notice;
    errors.base.output_message = say_nothing;
    if (setjmp(errors.way_out)) {
        jpeg_destroy_decompress(&decoder);
        free(row);
        return errors.status;
    }
    jpeg_create_decompress(&decoder);
    decoder.src = &source;
    decoder.progress = &progress;
    jpeg_read_header(&decoder, TRUE);
    // Not read again after a jump, so that it need not be volatile.
    codec_status status = codec_compare(
        expected, decoder.image_height, decoder.image_width, (uint64_t)decoder.num_components,
        (uint64_t)decoder.data_precision, report);
    if (status == CODEC_OK) {
        report->colour = colour(&decoder);
        // Unknown to unknown: the samples as they were coded.
        decoder.jpeg_color_space = JCS_UNKNOWN;
        decoder.out_color_space = JCS_UNKNOWN;
        decoder.dct_method = JDCT_ISLOW;
        decoder.do_block_smoothing = FALSE;
        jpeg_start_decompress(&decoder);
        if (decoder.data_precision <= 8) READ_ROWS(JSAMPLE, jpeg_read_scanlines);
        else if (decoder.data_precision <= 12) READ_ROWS(J12SAMPLE, jpeg12_read_scanlines);
        else READ_ROWS(J16SAMPLE, jpeg16_read_scanlines);
    }
    jpeg_destroy_decompress(&decoder);
    free(row);
    return status;
}
