// Into how many pieces a JPEG 2000 stream cuts its image. Its decoder's memory depends on that, besides the size.
#ifndef OUTPOST_CODEC_JPEG_2000_DIVISIONS_H
#define OUTPOST_CODEC_JPEG_2000_DIVISIONS_H

#include <stddef.h>
#include <stdint.h>

// The code-blocks and precincts of one component of a tile of `width` by `height`, about, by the coding style that makes
// most of them; 0 where there is none. Reads the marker segments of the main and the tile-part headers (ITU-T T.800
// A.6.1 and A.6.2), for the library tells only of the main header, and not all of the precincts.
uint64_t codec_jpeg_2000_divisions(
    const uint8_t *bytes, size_t length, uint32_t width, uint32_t height, uint32_t components);

#endif
