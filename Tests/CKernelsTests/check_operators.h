// One random case of each operation: 1 if the kernel gave what the plain formula says.

#ifndef OUTPOST_CHECK_OPERATORS_H
#define OUTPOST_CHECK_OPERATORS_H

#include "ckernels.h"

int check_conv2d(const ck_kernel *kernel);
int check_dense(const ck_kernel *kernel);

int check_depthwise(const ck_kernel *kernel);
int check_maxpool(const ck_kernel *kernel);
int check_averagepool(const ck_kernel *kernel);
int check_resize_nearest(const ck_kernel *kernel);
int check_resize_linear(const ck_kernel *kernel);
int check_pad(const ck_kernel *kernel);

int check_add(const ck_kernel *kernel);
int check_mul(const ck_kernel *kernel);
int check_affine(const ck_kernel *kernel);
int check_lookup(const ck_kernel *kernel);
int check_softmax(const ck_kernel *kernel);
int check_argmax(const ck_kernel *kernel);

int check_copy(const ck_kernel *kernel);
int check_quantise(const ck_kernel *kernel);
int check_dequantise(const ck_kernel *kernel);

// Float operators, which have no rows in the list.
int check_conv2d_f32(void);
int check_dense_f32(void);

#endif
