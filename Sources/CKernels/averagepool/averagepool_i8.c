#include "averagepool_i8.h"

size_t ck_averagepool_scratch_bytes(const ck_window *window) {
    (void)window;
    return 0;
}
