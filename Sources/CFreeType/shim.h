// FreeType's public header, by FreeType's own macros (its manual asks for this way).
#include <ft2build.h>
#include FT_FREETYPE_H
