#include "averagepool_i8.h"

#include "../band.h"

size_t ck_averagepool_scratch_bytes(const ck_window *window) {
    return ck_averagepool_covers_image(window) ? 0 : ck_band_bytes(window);
}
