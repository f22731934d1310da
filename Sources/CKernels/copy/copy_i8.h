#ifndef OUTPOST_COPY_I8_H
#define OUTPOST_COPY_I8_H

#include "../share.h"
#include "ckernels.h"

/// Where channel `channel` of the copy begins, in bytes, and how far its pixels lie apart.
typedef struct {
    size_t offset, pixel_bytes;
} ck_channel_place;

static inline ck_channel_place ck_channel_of(const ck_image_layout *layout, size_t channel) {
    const size_t whole = layout->first_channel + channel;
    if (!layout->is_blocked) return (ck_channel_place){whole * layout->plane_pixels, 1};
    const size_t block = whole / CK_BLOCK_CHANNELS, lane = whole % CK_BLOCK_CHANNELS;
    return (ck_channel_place){block * layout->plane_pixels * CK_BLOCK_CHANNELS + lane, CK_BLOCK_CHANNELS};
}

#endif
