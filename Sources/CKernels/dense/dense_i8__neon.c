#if defined(__aarch64__)
#include "../kernels.h"
#include "../matrix/matrix_i8.h"

void ck_dense_i8__neon(const ck_dense_i8 *arguments) { ck_dense_i8_over(arguments, &ck_matrix_i8__neon); }
#endif
