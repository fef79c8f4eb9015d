/* QEMU plugin: counts what one inference executes, per node, in the code as it ships. SPDX-License-Identifier: Apache-2.0
 *
 * Argument: config=FILE, lines of
 *   output FILE            where the counts go
 *   decoder thumb|riscv|none   how instructions are read; only thumb sorts them into classes
 *   run START END          the model's run function: [START, END)
 *   caller START END       the function that calls it: there the inference is over
 *   flash START END        data reads here are counted; several
 *   node INDEX START       a node's function begins here; several may have one index
 *
 * A block that starts at a node's entry makes it the current one, a block inside the run function makes the run function
 * the current one, a block anywhere else (a kernel, memcpy) belongs to whichever is current. Blocks are counted as they
 * are executed; what is in them is known when they are translated.
 *
 * The output has lines "REGION NAME COUNT": region 0.. is a node, -1 is the run function's own code.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu_plugin_api.h"
#include "thumb.h"

#define MAX_RANGES 16
#define KEEP (-1)

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;
QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv);

struct range {
    uint64_t start, end;
};

struct entry {
    int node;
    uint64_t start;
};

/* One translation of a block, kept to the end: QEMU may translate the same code again. */
struct block {
    struct block *next;
    uint64_t start, end;
    int region; /* what it makes current: a node, RUN, OUTSIDE or KEEP */
    bool enters_run, branches, in_flash;
    uint32_t instructions, registers, waits;
    uint16_t classes[THUMB_CLASSES];
    uint64_t executed[]; /* per region */
};

/* Events that happen on top of instructions, per region. */
struct events {
    uint64_t taken, unaligned, flash_reads, flash_bytes, reads, writes;
};

enum decoder { NONE, THUMB, RISCV };

static struct {
    char output[4096];
    enum decoder decoder;
    struct range run, caller, flash[MAX_RANGES];
    int flashes;
    struct entry *entries;
    int entry_count;
    int nodes;
} config;

static struct block *blocks;
static struct events *events;
static const struct block *previous;
static int current; /* node, RUN or OUTSIDE */
static uint64_t runs;

#define RUN (config.nodes)
#define OUTSIDE (config.nodes + 1)
#define REGIONS (config.nodes + 2)

static void fail(const char *what, const char *detail)
{
    fprintf(stderr, "edgegen profile plugin: %s: %s\n", what, detail);
    exit(EXIT_FAILURE);
}

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (memory == NULL) {
        fail("no memory", "");
    }
    return memory;
}

static bool within(const struct range *range, uint64_t address)
{
    return address >= range->start && address < range->end;
}

static bool in_flash(uint64_t address)
{
    for (int i = 0; i < config.flashes; i++) {
        if (within(&config.flash[i], address)) {
            return true;
        }
    }
    return false;
}

static int region_of(uint64_t start)
{
    for (int i = 0; i < config.entry_count; i++) {
        if (config.entries[i].start == start) {
            return config.entries[i].node;
        }
    }
    return within(&config.run, start) ? RUN : within(&config.caller, start) ? OUTSIDE : KEEP;
}

static void on_access(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t address, void *unused)
{
    (void)vcpu;
    (void)unused;
    struct events *e = &events[current];
    const uint64_t size = UINT64_C(1) << qemu_plugin_mem_size_shift(info);
    e->unaligned += (address & (size - 1u)) != 0u;
    if (qemu_plugin_mem_is_store(info)) {
        e->writes++;
        return;
    }
    e->reads++;
    if (in_flash(address)) {
        e->flash_reads++;
        e->flash_bytes += size;
    }
}

static void on_block(unsigned int vcpu, void *data)
{
    (void)vcpu;
    struct block *block = data;
    if (previous != NULL && previous->branches && previous->end != block->start) {
        events[current].taken++; /* belongs to the region that branched */
    }
    previous = block;
    if (current == OUTSIDE) {
        if (!block->enters_run) {
            return;
        }
        runs++;
        current = RUN;
    } else if (block->region != KEEP) {
        current = block->region;
    }
    block->executed[current]++;
}

/* Bytes of an instruction, from its first halfword: QEMU 7.2 gives too many for the last but one instruction of a page,
 * after which it looks ahead. */
static size_t size_of(const struct qemu_plugin_insn *insn)
{
    const uint8_t *code = qemu_plugin_insn_data(insn);
    switch (config.decoder) {
    case THUMB:
        return code[1] >= 0xE8u ? 4u : 2u;
    case RISCV:
        return (code[0] & 3u) == 3u ? 4u : 2u;
    default:
        return qemu_plugin_insn_size(insn);
    }
}

static void classify(struct block *block, struct thumb_row *row, const struct qemu_plugin_insn *insn)
{
    const struct thumb now = thumb_decode(qemu_plugin_insn_data(insn), size_of(insn));
    block->waits += thumb_waits(row, &now);
    block->classes[thumb_class_after(row, &now)]++;
    block->registers += now.registers;
    block->branches = thumb_branches(now.class);
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    struct block *block = allocate(1, sizeof *block + (size_t)REGIONS * sizeof block->executed[0]);
    const size_t count = qemu_plugin_tb_n_insns(tb);
    struct thumb_row row = { 0u, 0u };

    block->start = block->end = qemu_plugin_tb_vaddr(tb);
    block->region = region_of(block->start);
    block->enters_run = block->start == config.run.start;
    block->in_flash = in_flash(block->start);
    block->instructions = (uint32_t)count;
    for (size_t i = 0; i < count; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        block->end += size_of(insn);
        if (config.decoder == THUMB) {
            classify(block, &row, insn);
        }
        qemu_plugin_register_vcpu_mem_cb(insn, on_access, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, NULL);
    }
    qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, QEMU_PLUGIN_CB_NO_REGS, block);
    block->next = blocks;
    blocks = block;
}

static void print(FILE *file, int region, const char *name, uint64_t count)
{
    fprintf(file, "%d %s %" PRIu64 "\n", region == RUN ? -1 : region, name, count);
}

static void write_region(FILE *file, int region)
{
    uint64_t instructions = 0, registers = 0, waits = 0, fetched = 0, classes[THUMB_CLASSES] = { 0 };
    for (const struct block *block = blocks; block != NULL; block = block->next) {
        const uint64_t times = block->executed[region];
        instructions += times * block->instructions;
        registers += times * block->registers;
        waits += times * block->waits;
        fetched += block->in_flash ? times * (block->end - block->start) : 0u;
        for (int i = 0; i < THUMB_CLASSES; i++) {
            classes[i] += times * block->classes[i];
        }
    }
    const struct events *e = &events[region];
    print(file, region, "instructions", instructions);
    print(file, region, "fetched_bytes", fetched);
    print(file, region, "reads", e->reads);
    print(file, region, "writes", e->writes);
    print(file, region, "flash_reads", e->flash_reads);
    print(file, region, "flash_bytes", e->flash_bytes);
    print(file, region, "unaligned", e->unaligned);
    if (config.decoder == THUMB) {
        print(file, region, "register", registers);
        print(file, region, "address_wait", waits);
        print(file, region, "taken", e->taken);
        for (int i = 0; i < THUMB_CLASSES; i++) {
            print(file, region, thumb_class_names[i], classes[i]);
        }
    }
}

static void on_end(qemu_plugin_id_t id, void *unused)
{
    (void)id;
    (void)unused;
    FILE *file = fopen(config.output, "w");
    if (file == NULL) {
        fail("cannot write", config.output);
    }
    fprintf(file, "-1 runs %" PRIu64 "\n", runs);
    for (int region = 0; region <= RUN; region++) {
        write_region(file, region);
    }
    if (fclose(file) != 0) {
        fail("cannot write", config.output);
    }
}

static void add_node(int node, uint64_t start)
{
    config.entries = realloc(config.entries, (size_t)(config.entry_count + 1) * sizeof config.entries[0]);
    if (config.entries == NULL) {
        fail("no memory", "");
    }
    config.entries[config.entry_count].node = node;
    config.entries[config.entry_count].start = start;
    config.entry_count++;
    config.nodes = node >= config.nodes ? node + 1 : config.nodes;
}

static void read_line(const char *line)
{
    uint64_t start, end;
    int node;
    if (sscanf(line, "run %" SCNx64 " %" SCNx64, &start, &end) == 2) {
        config.run = (struct range){ start, end };
    } else if (sscanf(line, "caller %" SCNx64 " %" SCNx64, &start, &end) == 2) {
        config.caller = (struct range){ start, end };
    } else if (sscanf(line, "flash %" SCNx64 " %" SCNx64, &start, &end) == 2 && config.flashes < MAX_RANGES) {
        config.flash[config.flashes++] = (struct range){ start, end };
    } else if (sscanf(line, "node %d %" SCNx64, &node, &start) == 2 && node >= 0) {
        add_node(node, start);
    } else if (strncmp(line, "decoder ", 8) == 0) {
        config.decoder = line[8] == 't' ? THUMB : line[8] == 'r' ? RISCV : NONE;
    } else if (sscanf(line, "output %4095[^\n]", config.output) != 1) {
        fail("cannot understand", line);
    }
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
    (void)info;
    char line[4200];
    if (argc != 1 || strncmp(argv[0], "config=", 7) != 0) {
        fail("wants one argument", "config=FILE");
    }
    FILE *file = fopen(argv[0] + 7, "r");
    if (file == NULL) {
        fail("cannot read", argv[0] + 7);
    }
    while (fgets(line, sizeof line, file) != NULL) {
        read_line(line);
    }
    fclose(file);
    events = allocate((size_t)REGIONS, sizeof events[0]);
    current = OUTSIDE;
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
    qemu_plugin_register_atexit_cb(id, on_end, NULL);
    return 0;
}
