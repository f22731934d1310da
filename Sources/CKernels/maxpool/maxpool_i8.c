#include "maxpool_i8.h"

#include "../band.h"

size_t ck_maxpool_scratch_bytes(const ck_window *window) { return ck_band_bytes(window); }
