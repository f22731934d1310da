#if defined(__aarch64__)
#include "../kernels.h"
#include "../matrix/matrix_i8.h"

void ck_conv2d_i8__neon(const ck_conv2d_i8 *arguments) { ck_conv2d_i8_over(arguments, &ck_matrix_i8__neon); }
#endif
