// A call of the system that Swift cannot see by itself.

#ifndef OUTPOST_WRITEBACK_H
#define OUTPOST_WRITEBACK_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Has the kernel begin to write `length` bytes of the file from `offset` to the disk, without waiting for it.
/// Says nothing about durability: only fdatasync does. Does nothing on systems without sync_file_range(2).
void csupport_begin_writeback(int descriptor, int64_t offset, int64_t length);

#ifdef __cplusplus
}
#endif

#endif
