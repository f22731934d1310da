// A program whose counts are known, to test the counter with: between the calls of getppid, loops of instructions of
// every kind, then passes over memory. Static, without a library. test_counter.py says what must come out.

.arch armv8.6-a+i8mm
.equ ROUNDS, 1000
.equ SMALL, 32768               // fits a Cortex-A76's first level
.equ LARGE, 2097152             // four times its second level

.macro mark
    mov x8, 173                 // getppid
    svc 0
.endm

// Reads \bytes of the memory at x20, a line at a time: 3 instructions for each line and 1 before.
.macro pass bytes
    mov x0, 0
1:  ldr x1, [x20, x0]
    add x0, x0, 64
    cmp x0, \bytes
    b.ne 1b
.endm

.text
.globl _start
_start:
    adrp x20, memory
    add x20, x20, :lo12:memory
    mark
    mov w9, ROUNDS              // the loop: 24 instructions in a round
0:  sdot v0.4s, v1.16b, v2.16b
    sdot v0.4s, v1.16b, v2.4b[1]
    smull v3.8h, v4.8b, v5.8b
    smlal2 v3.8h, v4.16b, v5.16b
    smlal v3.4s, v4.4h, v5.4h
    smlal v3.4s, v4.4h, v5.h[2]
    sadalp v6.4s, v7.8h
    mul v0.4s, v1.4s, v2.4s
    mla v0.8h, v1.8h, v2.h[1]
    sqrdmulh v0.4s, v1.4s, v2.4s
    fmla v0.4s, v1.4s, v2.4s
    fmul v0.4s, v1.4s, v2.s[0]
    ldr q16, [x20]
    ld1 {v16.16b-v19.16b}, [x20]
    ldp q16, q17, [x20]
    str q16, [x20]
    st1 {v16.16b}, [x20]
    add v0.4s, v1.4s, v2.4s
    ldr x1, [x20]
    ldp x1, x2, [x20]
    str x1, [x20]
    stp x1, x2, [x20]
    subs w9, w9, 1
    b.ne 0b
    mark
    mov w9, ROUNDS
0:  smmla v0.4s, v1.16b, v2.16b
    subs w9, w9, 1
    b.ne 0b
    mark
    pass SMALL
    mark
    pass SMALL
    mark
    mov x3, LARGE
    pass x3
    mark
    pass x3
    mark
    mov x0, 0
    mov x8, 93                  // exit
    svc 0

.bss
.balign 4096
memory: .skip LARGE
