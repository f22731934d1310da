// Nothing for Swift: this target only brings the codecs' flags (outpost-codecs.pc, made by image/toolchain/build-codecs)
// to CSupport, which alone calls them.
