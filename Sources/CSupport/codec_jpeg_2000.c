#include <openjpeg.h>

#include "codec_common.h"
#include "codec_jpeg_2000_divisions.h"

// A stream may cut its image into blocks and precincts of a few pixels, each of which costs the decoder some hundred
// bytes. Usual ones, of 32 or 64 pixels, make some ten thousand of the largest image.
static const uint64_t division_limit = 2 * 1024 * 1024;

typedef struct {
    const uint8_t *bytes;
    size_t length;
    size_t position;
} memory_stream;

static OPJ_SIZE_T read_memory(void *target, OPJ_SIZE_T count, void *user) {
    memory_stream *memory = user;
    const size_t left = memory->length - memory->position;
    if (left == 0) return (OPJ_SIZE_T)-1;
    const size_t taken = count < left ? count : left;
    memcpy(target, memory->bytes + memory->position, taken);
    memory->position += taken;
    return taken;
}

static OPJ_OFF_T skip_memory(OPJ_OFF_T count, void *user) {
    memory_stream *memory = user;
    const size_t left = memory->length - memory->position;
    if (count < 0 || left == 0) return -1;
    const size_t taken = (uint64_t)count < left ? (size_t)count : left;
    memory->position += taken;
    return (OPJ_OFF_T)taken;
}

static OPJ_BOOL seek_memory(OPJ_OFF_T position, void *user) {
    memory_stream *memory = user;
    if (position < 0 || (uint64_t)position > memory->length) return OPJ_FALSE;
    memory->position = (size_t)position;
    return OPJ_TRUE;
}

// The first error is the cause, later ones its consequences.
static void keep_message(const char *words, void *user) {
    codec_report *report = user;
    if (report->message[0]) return;
    snprintf(report->message, sizeof report->message, "%s", words);
    report->message[strcspn(report->message, "\r\n")] = 0;
}

static void ignore_message(const char *words, void *user) {
    (void)words;
    (void)user;
}

static codec_status check_header(
    opj_codec_t *codec, const opj_image_t *image, const memory_stream *memory, const codec_expectation *expected,
    codec_report *report) {
    if (image->numcomps == 0) return codec_fail(report, CODEC_DAMAGED, "no components");
    for (OPJ_UINT32 index = 0; index < image->numcomps; index++) {
        const opj_image_comp_t *component = &image->comps[index];
        const codec_status status =
            codec_compare(expected, component->h, component->w, image->numcomps, component->prec, report);
        if (status != CODEC_OK) return status;
        if (component->prec != image->comps[0].prec || component->sgnd != image->comps[0].sgnd)
            return codec_fail(report, CODEC_UNSUPPORTED, "the components are of different kinds");
    }
    opj_codestream_info_v2_t *stream = opj_get_cstr_info(codec);
    if (!stream) return codec_fail(report, CODEC_OUT_OF_MEMORY, "no memory for the description of the stream");
    // With the transform, which the library undoes, the samples come out as red, green and blue.
    report->colour = stream->m_default_tile_info.mct == 1 ? CODEC_COLOUR_RGB : CODEC_COLOUR_UNSAID;
    const uint32_t width = stream->tdx < image->x1 ? stream->tdx : image->x1;
    const uint32_t height = stream->tdy < image->y1 ? stream->tdy : image->y1;
    opj_destroy_cstr_info(&stream);
    const uint64_t divisions =
        codec_jpeg_2000_divisions(memory->bytes, memory->length, width, height, image->numcomps);
    if (divisions * image->numcomps > division_limit)
        return codec_fail(report, CODEC_UNSUPPORTED, "the image is cut into too many blocks");
    return CODEC_OK;
}

static codec_status copy(const opj_image_t *image, const codec_expectation *expected, int32_t *samples,
                         codec_report *report) {
    const size_t pixels = (size_t)expected->rows * expected->columns;
    if (image->numcomps != expected->samples) return codec_fail(report, CODEC_DAMAGED, "components are missing");
    for (OPJ_UINT32 index = 0; index < image->numcomps; index++) {
        const opj_image_comp_t *component = &image->comps[index];
        if (!component->data || component->w != expected->columns || component->h != expected->rows)
            return codec_fail(report, CODEC_DAMAGED, "a component was not decoded whole");
        for (size_t pixel = 0; pixel < pixels; pixel++)
            samples[pixel * expected->samples + index] = component->data[pixel];
    }
    report->is_signed = image->comps[0].sgnd != 0;
    return CODEC_OK;
}

static codec_status decode(
    opj_codec_t *codec, opj_stream_t *stream, const memory_stream *memory, const codec_expectation *expected,
    int32_t *samples, codec_report *report) {
    opj_dparameters_t parameters;
    opj_set_default_decoder_parameters(&parameters);
    opj_set_error_handler(codec, keep_message, report);
    opj_set_warning_handler(codec, ignore_message, NULL);
    opj_set_info_handler(codec, ignore_message, NULL);
    // The decoder is strict unless told otherwise. Asking for it would also switch off its tolerance for the numbers of
    // tile-parts that some encoders write.
    if (!opj_setup_decoder(codec, &parameters))
        return codec_fail(report, CODEC_OUT_OF_MEMORY, "the decoder cannot be set up");
    opj_image_t *image = NULL;
    codec_status status = CODEC_DAMAGED;
    if (opj_read_header(stream, codec, &image) && image) {
        status = check_header(codec, image, memory, expected, report);
        if (status == CODEC_OK)
            status = opj_decode(codec, stream, image) ? copy(image, expected, samples, report) : CODEC_DAMAGED;
    }
    opj_image_destroy(image);
    return status;
}

codec_status codec_decode_jpeg_2000(
    const uint8_t *bytes, size_t length, const codec_expectation *expected, int32_t *samples, codec_report *report) {
    memset(report, 0, sizeof *report);
    // The file format (JP2) does not belong in DICOM and is found there all the same.
    static const uint8_t wrapper[] = {0, 0, 0, 12, 'j', 'P'};
    const int is_wrapped = length > sizeof wrapper && memcmp(bytes, wrapper, sizeof wrapper) == 0;
    memory_stream memory = {bytes, length, 0};
    opj_codec_t *codec = opj_create_decompress(is_wrapped ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K);
    opj_stream_t *stream = opj_stream_default_create(OPJ_TRUE);
    codec_status status = CODEC_OUT_OF_MEMORY;
    if (codec && stream) {
        opj_stream_set_user_data(stream, &memory, NULL);
        opj_stream_set_user_data_length(stream, length);
        opj_stream_set_read_function(stream, read_memory);
        opj_stream_set_skip_function(stream, skip_memory);
        opj_stream_set_seek_function(stream, seek_memory);
        status = decode(codec, stream, &memory, expected, samples, report);
    }
    if (stream) opj_stream_destroy(stream);
    if (codec) opj_destroy_codec(codec);
    if (status != CODEC_OK && !report->message[0]) codec_fail(report, status, "the stream cannot be decoded");
    return status;
}
