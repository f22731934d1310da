// Every variant, declared once. The list in kernels.c gives each its row.

#ifndef OUTPOST_KERNELS_H
#define OUTPOST_KERNELS_H

#include "ckernels.h"

void ck_conv2d_i8__scalar(const ck_conv2d_i8 *);
void ck_dense_i8__scalar(const ck_dense_i8 *);
void ck_depthwise_i8__scalar(const ck_depthwise_i8 *);
void ck_maxpool_i8__scalar(const ck_maxpool_i8 *);
void ck_averagepool_i8__scalar(const ck_averagepool_i8 *);
void ck_resize_nearest_i8__scalar(const ck_resize_nearest_i8 *);
void ck_resize_linear_i8__scalar(const ck_resize_linear_i8 *);
void ck_pad_i8__scalar(const ck_pad_i8 *);
void ck_add_i8__scalar(const ck_add_i8 *);
void ck_mul_i8__scalar(const ck_mul_i8 *);
void ck_affine_i8__scalar(const ck_affine_i8 *);
void ck_lookup_i8__scalar(const ck_lookup_i8 *);
void ck_softmax_i8__scalar(const ck_softmax_i8 *);
void ck_argmax_i8__scalar(const ck_argmax_i8 *);
void ck_copy_i8__scalar(const ck_copy_i8 *);
void ck_quantise_f32_i8__scalar(const ck_quantise_f32_i8 *);
void ck_dequantise_i8_f32__scalar(const ck_dequantise_i8_f32 *);

#if defined(__aarch64__)
void ck_conv2d_i8__neon(const ck_conv2d_i8 *);
void ck_dense_i8__neon(const ck_dense_i8 *);
void ck_conv2d_i8__neoni8mm(const ck_conv2d_i8 *);
void ck_dense_i8__neoni8mm(const ck_dense_i8 *);
void ck_conv2d_i8__neonwinograd(const ck_conv2d_i8 *);
void ck_conv2d_i8__neondot(const ck_conv2d_i8 *);
void ck_dense_i8__neondot(const ck_dense_i8 *);
void ck_depthwise_i8__neon(const ck_depthwise_i8 *);
void ck_depthwise_i8__neondot(const ck_depthwise_i8 *);
void ck_maxpool_i8__neon(const ck_maxpool_i8 *);
void ck_add_i8__neon(const ck_add_i8 *);
void ck_mul_i8__neon(const ck_mul_i8 *);
void ck_lookup_i8__neon(const ck_lookup_i8 *);
void ck_affine_i8__neon(const ck_affine_i8 *);
void ck_argmax_i8__neon(const ck_argmax_i8 *);
void ck_resize_nearest_i8__neon(const ck_resize_nearest_i8 *);
void ck_resize_linear_i8__neon(const ck_resize_linear_i8 *);
void ck_copy_i8__neon(const ck_copy_i8 *);
void ck_averagepool_i8__neon(const ck_averagepool_i8 *);
void ck_quantise_f32_i8__neon(const ck_quantise_f32_i8 *);
void ck_dequantise_i8_f32__neon(const ck_dequantise_i8_f32 *);
#endif

#endif
