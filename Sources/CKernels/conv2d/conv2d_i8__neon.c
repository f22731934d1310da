#if defined(__aarch64__)
#include "../kernels.h"
#include "../tile/tile_i8.h"

void ck_conv2d_i8__neon(const ck_conv2d_i8 *arguments) { ck_conv2d_i8_over(arguments, ck_tile_i8__neon); }
#endif
