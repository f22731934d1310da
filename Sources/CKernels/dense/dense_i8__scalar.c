#include "../kernels.h"
#include "../tile/tile_i8.h"

void ck_dense_i8__scalar(const ck_dense_i8 *arguments) { ck_dense_i8_over(arguments, ck_tile_i8__scalar); }
