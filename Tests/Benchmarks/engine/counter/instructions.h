// Which kind of work an A64 instruction is, as far as a neural network's speed depends on it.
// Source: Arm Architecture Reference Manual, C4 "A64 Instruction Set Encoding".
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef enum {
    KIND_DOT,           // SDOT, UDOT, USDOT: 16 multiply-accumulates
    KIND_MATRIX,        // SMMLA, UMMLA, USMMLA: 32
    KIND_WIDEN_8,       // SMULL, SMLAL … of bytes: 8
    KIND_WIDEN_16,      // SMULL, SMLAL … of halfwords: 4
    KIND_PAIRWISE,      // SADALP, SADDLP …
    KIND_MULTIPLY,      // other integer multiplications of vectors
    KIND_FLOAT,         // float multiplications of vectors
    KIND_VECTOR_LOAD,   // one, however many registers it fills
    KIND_VECTOR_STORE,
    KIND_VECTOR_OTHER,  // scalar floating point among it
    KIND_SCALAR_LOAD,
    KIND_SCALAR_STORE,
    KIND_BRANCH,        // and system instructions
    KIND_SCALABLE,      // SVE and SME
    KIND_SCALAR,
    KIND_COUNT,
} instruction_kind;

static const char *const kind_names[KIND_COUNT] = {
    "dot", "matrix", "widen8", "widen16", "pairwise", "multiply", "float", "vectorLoad", "vectorStore", "vectorOther",
    "scalarLoad", "scalarStore", "branch", "scalable", "scalar",
};

/// An instruction is of the kind of the first rule whose bits it has.
typedef struct {
    uint32_t mask, bits;
    instruction_kind kind;
} instruction_rule;

static const instruction_rule rules[] = {
    {0x1E000000, 0x04000000, KIND_SCALABLE},      // SVE
    {0x9E000000, 0x80000000, KIND_SCALABLE},      // SME
    {0x1C000000, 0x14000000, KIND_BRANCH},
    // Loads and stores: structures, literals, pairs, then all with one register.
    {0x3E400000, 0x0C400000, KIND_VECTOR_LOAD},
    {0x3E400000, 0x0C000000, KIND_VECTOR_STORE},
    {0x3E400000, 0x08400000, KIND_SCALAR_LOAD},   // exclusive, acquire and release
    {0x3E400000, 0x08000000, KIND_SCALAR_STORE},
    {0x3E000000, 0x1C000000, KIND_VECTOR_LOAD},
    {0x3E000000, 0x18000000, KIND_SCALAR_LOAD},
    {0x3E400000, 0x2C400000, KIND_VECTOR_LOAD},
    {0x3E400000, 0x2C000000, KIND_VECTOR_STORE},
    {0x3E400000, 0x28400000, KIND_SCALAR_LOAD},
    {0x3E400000, 0x28000000, KIND_SCALAR_STORE},
    {0x3E400000, 0x3C400000, KIND_VECTOR_LOAD},
    {0x3E400000, 0x3C000000, KIND_VECTOR_STORE},
    {0x3F200C00, 0x38200000, KIND_SCALAR_LOAD},   // atomic read and write
    {0x3EC00000, 0x38000000, KIND_SCALAR_STORE},
    {0x3E000000, 0x38000000, KIND_SCALAR_LOAD},
    // Advanced SIMD.
    {0x9FE0FC00, 0x0E809400, KIND_DOT},           // SDOT, UDOT of vectors
    {0xBFE0FC00, 0x0E809C00, KIND_DOT},           // USDOT
    {0x9FC0F400, 0x0F80E000, KIND_DOT},           // SDOT, UDOT by element
    {0xBF40F400, 0x0F00F000, KIND_DOT},           // USDOT, SUDOT by element
    {0xDFE0FC00, 0x4E80A400, KIND_MATRIX},        // SMMLA, UMMLA
    {0xFFE0FC00, 0x4E80AC00, KIND_MATRIX},        // USMMLA
    {0x9FE0FC00, 0x0E208000, KIND_WIDEN_8},       // SMLAL, UMLAL
    {0x9FE0FC00, 0x0E20A000, KIND_WIDEN_8},       // SMLSL, UMLSL
    {0x9FE0FC00, 0x0E20C000, KIND_WIDEN_8},       // SMULL, UMULL
    {0x9FE0FC00, 0x0E608000, KIND_WIDEN_16},
    {0x9FE0FC00, 0x0E60A000, KIND_WIDEN_16},
    {0x9FE0FC00, 0x0E60C000, KIND_WIDEN_16},
    {0x9FC0F400, 0x0F402000, KIND_WIDEN_16},      // the same by element
    {0x9FC0F400, 0x0F406000, KIND_WIDEN_16},
    {0x9FC0F400, 0x0F40A000, KIND_WIDEN_16},
    {0x9F3FFC00, 0x0E206800, KIND_PAIRWISE},      // SADALP, UADALP
    {0x9F3FFC00, 0x0E202800, KIND_PAIRWISE},      // SADDLP, UADDLP
    {0x9F20FC00, 0x0E209400, KIND_MULTIPLY},      // MLA, MLS
    {0xBF20FC00, 0x0E209C00, KIND_MULTIPLY},      // MUL
    {0x9F20FC00, 0x0E20B400, KIND_MULTIPLY},      // SQDMULH, SQRDMULH
    {0xBF00F400, 0x0F008000, KIND_MULTIPLY},      // by element: MUL
    {0xBF00B400, 0x2F000000, KIND_MULTIPLY},      // MLA, MLS
    {0xBF00E400, 0x0F00C000, KIND_MULTIPLY},      // SQDMULH, SQRDMULH
    {0xBF20FC00, 0x0E20CC00, KIND_FLOAT},         // FMLA, FMLS
    {0xBFA0FC00, 0x2E20DC00, KIND_FLOAT},         // FMUL
    {0xBF00B400, 0x0F001000, KIND_FLOAT},         // by element: FMLA, FMLS
    {0xBF00F400, 0x0F009000, KIND_FLOAT},         // FMUL
    {0x0E000000, 0x0E000000, KIND_VECTOR_OTHER},
};

static inline instruction_kind kind_of(uint32_t instruction) {
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if ((instruction & rules[i].mask) == rules[i].bits) return rules[i].kind;
    return KIND_SCALAR;
}

static inline int touches_memory(instruction_kind kind) {
    return kind == KIND_VECTOR_LOAD || kind == KIND_VECTOR_STORE || kind == KIND_SCALAR_LOAD ||
           kind == KIND_SCALAR_STORE;
}
