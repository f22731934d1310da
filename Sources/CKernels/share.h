// How work on images in blocks and on flat values is cut into parts.

#ifndef OUTPOST_SHARE_H
#define OUTPOST_SHARE_H

#include <stddef.h>

/// A half-open range of units of work.
typedef struct {
    size_t first, end;
} ck_span;

/// The units of part `part` of `part_count`, in whole granules as far as there are any: parts of flat bytes that begin
/// at cache lines do not contend for them.
static inline ck_span ck_share(size_t units, size_t granule, size_t part, size_t part_count) {
    const size_t granules = (units + granule - 1) / granule;
    const size_t first = granules * part / part_count * granule;
    const size_t end = granules * (part + 1) / part_count * granule;
    return (ck_span){first < units ? first : units, end < units ? end : units};
}

/// Bytes in a granule of a flat value.
enum { CK_FLAT_GRANULE = 64 };

static inline size_t ck_blocks(size_t channels) { return (channels + 7) / 8; }

/// Parts of images in blocks are cut by rows of blocks: row `unit % rows` of block `unit / rows`.
static inline ck_span ck_share_of_rows(size_t channels, size_t rows, size_t part, size_t part_count) {
    return ck_share(ck_blocks(channels) * rows, 1, part, part_count);
}

#endif
