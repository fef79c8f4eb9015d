/* Sorts Thumb instructions into the classes of a timing table. SPDX-License-Identifier: Apache-2.0 */
#ifndef THUMB_H
#define THUMB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Names and meanings: edgegen/profile/cycles.py. thumb_class_names is in this order. */
enum thumb_class {
    ALU, MUL, MLA, MUL_LONG, MLA_LONG, DIV,
    LOAD, LOAD_NEXT, LOAD_DOUBLE, LOAD_MULTIPLE, LOAD_PC,
    STORE, STORE_REG, STORE_NEXT, STORE_DOUBLE, STORE_MULTIPLE,
    BRANCH, CALL, TABLE, IT, SYSTEM,
    FPU, FPU_MAC, FPU_DIV, FPU_LOAD, FPU_STORE, FPU_MULTIPLE,
    MVE,
    THUMB_CLASSES
};

extern const char *const thumb_class_names[THUMB_CLASSES];

struct thumb {
    enum thumb_class class;
    unsigned registers; /* moved by a load or store multiple, and by LDR pc */
    uint16_t loads;     /* single loads: bit r is set when register r is written */
    uint16_t address;   /* single loads and stores: registers that make the address */
    bool by_register;   /* single loads: the offset is a register */
};

/* Decodes the instruction of 2 or 4 bytes at `code`, little-endian halfwords, on its own. */
struct thumb thumb_decode(const uint8_t *code, size_t size);

/* What comes before an instruction: single loads in an unbroken row, or nothing. Start with zero at a block's start. */
struct thumb_row {
    uint16_t last; /* registers that the load directly before writes; 0 when there is none that can be overlapped */
    uint16_t all;  /* registers that the whole row writes */
};

/* The class beside what is before: a single access directly after a single load overlaps with it, unless it takes its
 * address from it or is itself a load with a register for offset. Adds the instruction to the row. */
enum thumb_class thumb_class_after(struct thumb_row *row, const struct thumb *now);

/* Whether a single access takes its address from a load of the row directly before it. Ask before thumb_class_after. */
bool thumb_waits(const struct thumb_row *row, const struct thumb *now);

/* Whether the instruction may set the program counter. */
bool thumb_branches(enum thumb_class class);

#endif
