// FreeType's public entry header; its own macros name the rest.
#include <freetype2/ft2build.h>
#include <freetype2/freetype/freetype.h>
