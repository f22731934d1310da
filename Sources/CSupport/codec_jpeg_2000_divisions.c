#include "codec_jpeg_2000_divisions.h"

#include <string.h>

enum { SOC = 0xFF4F, SOT = 0xFF90, SOD = 0xFF93, EOC = 0xFFD9, COD = 0xFF52, COC = 0xFF53 };

typedef struct {
    const uint8_t *bytes;
    size_t length;
} span;

static span rest(span data, size_t start) {
    const size_t skipped = start < data.length ? start : data.length;
    return (span){data.bytes + skipped, data.length - skipped};
}

// 0 beyond the end, which makes no sense of any marker.
static uint32_t number(span data, size_t start, size_t size) {
    uint32_t value = 0;
    if (start > data.length || size > data.length - start) return 0;
    for (size_t index = 0; index < size; index++) value = value << 8 | data.bytes[start + index];
    return value;
}

// The stream within the file format's boxes (ITU-T T.800 annex I), or the bytes themselves.
static span codestream(span data) {
    if (number(data, 0, 2) == SOC) return data;
    while (data.length >= 8) {
        const uint32_t length = number(data, 0, 4);
        // A length of 1 says that it follows in eight bytes, of which no frame needs the upper four.
        const size_t header = length == 1 ? 16 : 8;
        const size_t whole = length == 1 ? number(data, 12, 4) : length == 0 ? data.length : length;
        if (memcmp(data.bytes + 4, "jp2c", 4) == 0) return rest(data, header);
        if (whole < header) break;
        data = rest(data, whole);
    }
    return (span){data.bytes, 0};
}

static uint64_t pieces(uint64_t length, uint32_t power) { return (length >> power) + 1; }

// `style` begins with the number of decomposition levels.
static uint64_t divisions(span style, int has_precincts, uint64_t width, uint64_t height) {
    const uint32_t levels = number(style, 0, 1);
    if (levels > 32) return 0;
    const uint32_t block_width = (number(style, 1, 1) & 15) + 2;
    const uint32_t block_height = (number(style, 2, 1) & 15) + 2;
    uint64_t sum = 0;
    for (uint32_t level = 0; level <= levels; level++) {
        const uint64_t columns = width >> (levels - level);
        const uint64_t rows = height >> (levels - level);
        const uint32_t precinct = has_precincts ? number(style, 5 + level, 1) : 0xFF;
        sum += pieces(columns, precinct & 15) * pieces(rows, precinct >> 4);
        sum += pieces(columns, block_width) * pieces(rows, block_height);
    }
    return sum;
}

uint64_t codec_jpeg_2000_divisions(
    const uint8_t *bytes, size_t length, uint32_t width, uint32_t height, uint32_t components) {
    const span stream = codestream((span){bytes, length});
    uint64_t most = 0;
    size_t position = 2;
    size_t tile_part_end = stream.length;
    while (position + 4 <= stream.length) {
        const uint32_t marker = number(stream, position, 2);
        if (marker == EOC) break;
        if (marker == SOD) {
            // A tile-part that ends before its data begins would lead around in a circle.
            if (tile_part_end <= position) break;
            position = tile_part_end;
            continue;
        }
        const uint32_t size = number(stream, position + 2, 2);
        if (size < 2 || size > stream.length - position - 2) break;
        const span segment = {stream.bytes + position + 4, size - 2};
        if (marker == SOT) {
            const uint32_t part = number(segment, 2, 4);
            if (part != 0 && part < 14) break;
            tile_part_end = part == 0 || part > stream.length - position ? stream.length : position + part;
        }
        uint64_t count = 0;
        // It names its component in one byte, or in two where there are many.
        const size_t name = components < 257 ? 1 : 2;
        if (marker == COD) count = divisions(rest(segment, 5), number(segment, 0, 1) & 1, width, height);
        if (marker == COC) count = divisions(rest(segment, name + 1), number(segment, name, 1) & 1, width, height);
        if (count > most) most = count;
        position += 2 + size;
    }
    return most;
}
