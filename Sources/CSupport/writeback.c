// sync_file_range(2) is a call of Linux, declared only for who asks for GNU's extensions, before any header.
#define _GNU_SOURCE

#include "writeback.h"

#include <fcntl.h>

void csupport_begin_writeback(int descriptor, int64_t offset, int64_t length) {
#ifdef __linux__
    // A failure means that nothing was begun; what is wrong with the disk shows in fdatasync.
    (void)sync_file_range(descriptor, offset, length, SYNC_FILE_RANGE_WRITE);
#else
    (void)descriptor, (void)offset, (void)length;
#endif
}
