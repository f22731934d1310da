// What Swift sees of C libraries through thin layers that cannot crash it.
#ifndef OUTPOST_CSUPPORT_H
#define OUTPOST_CSUPPORT_H

#include "codecs.h"
#include "gpio.h"
#include "writeback.h"

#endif
