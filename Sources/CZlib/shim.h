// zlib's public header (zlib1g-dev).
#include <zlib.h>
