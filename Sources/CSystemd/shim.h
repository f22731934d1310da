// The service manager's and the journal's public headers (libsystemd-dev).
//
// Without this, sd_journal_sendv is a macro, which Swift cannot call, and adds the place in the source to every entry.
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
