// counter: a plugin for qemu-aarch64 that counts the guest's instructions by kind, and with `cache=` the misses of a
// processor's modelled data caches. Each time the guest calls getppid() it writes what came since the last call, as a
// line of JSON, into the file of `out=`. The caches are empty at the first call: before it nothing is modelled, for speed.
//
// The guest has one thread, or the counts of several run into each other.

#include <stdio.h>
#include <string.h>

#include "cache.h"
#include "instructions.h"
#include "qemu_plugin.h"

__attribute__((visibility("default"))) int qemu_plugin_version = PLUGIN_INTERFACE_VERSION;

enum { SYSCALL_GETPPID = 173 };   // of aarch64 Linux

static FILE *report;
static uint64_t counts[KIND_COUNT], total;

// The data caches that one core sees.
static const struct {
    const char *name;
    uint32_t level1_bytes, level1_ways, level2_bytes, level2_ways;
} processors[] = {
    {"cortex-a72", 32 << 10, 2, 1 << 20, 16},
    {"cortex-a76", 64 << 10, 4, 512 << 10, 8},
};
static int has_caches, is_watching;
static cache level1, level2;
static uint64_t last_line = UINT64_MAX;

static void touched(unsigned processor, qemu_plugin_meminfo_t access, uint64_t address, void *unused) {
    (void)processor, (void)unused;
    if (!is_watching) return;
    const uint64_t bytes = 1u << qemu_plugin_mem_size_shift(access);
    const uint64_t end = (address + bytes - 1) >> LINE_BITS;
    for (uint64_t line = address >> LINE_BITS; line <= end; line++) {
        // The line of the access before is in its place already.
        if (line == last_line) continue;
        last_line = line;
        if (!cache_touch(&level1, line)) cache_touch(&level2, line);
    }
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *block) {
    (void)id;
    uint64_t of_kind[KIND_COUNT] = {0};
    const size_t length = qemu_plugin_tb_n_insns(block);
    for (size_t i = 0; i < length; i++) {
        struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
        uint32_t word;
        memcpy(&word, qemu_plugin_insn_data(instruction), sizeof word);
        const instruction_kind kind = kind_of(word);
        of_kind[kind]++;
        if (has_caches && touches_memory(kind))
            qemu_plugin_register_vcpu_mem_cb(instruction, touched, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, NULL);
    }
    qemu_plugin_register_vcpu_tb_exec_inline(block, QEMU_PLUGIN_INLINE_ADD_U64, &total, length);
    for (int kind = 0; kind < KIND_COUNT; kind++)
        if (of_kind[kind])
            qemu_plugin_register_vcpu_tb_exec_inline(block, QEMU_PLUGIN_INLINE_ADD_U64, &counts[kind], of_kind[kind]);
}

static void called(qemu_plugin_id_t id, unsigned processor, int64_t number, uint64_t a, uint64_t b, uint64_t c,
                   uint64_t d, uint64_t e, uint64_t f, uint64_t g, uint64_t h) {
    (void)id, (void)processor, (void)a, (void)b, (void)c, (void)d, (void)e, (void)f, (void)g, (void)h;
    if (number != SYSCALL_GETPPID) return;
    fprintf(report, "{\"total\": %llu", (unsigned long long)total);
    for (int kind = 0; kind < KIND_COUNT; kind++)
        fprintf(report, ", \"%s\": %llu", kind_names[kind], (unsigned long long)counts[kind]);
    if (has_caches)
        fprintf(report, ", \"level1Misses\": %llu, \"level2Misses\": %llu", (unsigned long long)level1.misses,
                (unsigned long long)level2.misses);
    fprintf(report, "}\n");
    fflush(report);
    memset(counts, 0, sizeof counts);
    total = level1.misses = level2.misses = 0;
    is_watching = 1;
}

static int set_caches(const char *name) {
    for (size_t i = 0; i < sizeof processors / sizeof *processors; i++) {
        if (strcmp(name, processors[i].name) != 0) continue;
        level1 = cache_make(processors[i].level1_bytes, processors[i].level1_ways);
        level2 = cache_make(processors[i].level2_bytes, processors[i].level2_ways);
        return has_caches = level1.lines && level2.lines;
    }
    return 0;
}

__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *information,
                                                               int count, char **arguments) {
    (void)information;
    for (int i = 0; i < count; i++) {
        if (strncmp(arguments[i], "out=", 4) == 0) report = fopen(arguments[i] + 4, "w");
        else if (strncmp(arguments[i], "cache=", 6) != 0 || !set_caches(arguments[i] + 6)) return -1;
    }
    if (!report) return -1;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_vcpu_syscall_cb(id, called);
    return 0;
}
