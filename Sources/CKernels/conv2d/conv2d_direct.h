// Convolution over the matrix kernel without staging: a tile never leaves its row, so that under each tap its pixels
// lie side by side in the padded band already, and are read there as one run of blocks.

#ifndef OUTPOST_CONV2D_DIRECT_H
#define OUTPOST_CONV2D_DIRECT_H

#include "conv2d_band.h"

/// Whether a shape is for this: where rows are as long as tiles fill them.
int ck_conv2d_is_direct(const ck_conv2d_shape *, const ck_matrix *);

size_t ck_conv2d_direct_scratch_bytes(const ck_conv2d_shape *);
void ck_conv2d_direct(const ck_conv2d_i8 *, const ck_matrix *);

#endif
