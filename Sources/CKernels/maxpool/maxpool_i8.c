#include "maxpool_i8.h"

size_t ck_maxpool_scratch_bytes(const ck_window *window) {
    (void)window;
    return 0;
}
