/* Encodings: Arm v7-M and v8-M Architecture Reference Manuals, chapters "The Thumb instruction set encoding".
 * SPDX-License-Identifier: Apache-2.0 */
#include "thumb.h"

#define PC 15u
#define SP 13u

const char *const thumb_class_names[THUMB_CLASSES] = {
    "alu", "mul", "mla", "mul_long", "mla_long", "div",
    "load", "load_next", "load_double", "load_multiple", "load_pc",
    "store", "store_reg", "store_next", "store_double", "store_multiple",
    "branch", "call", "table", "it", "system",
    "fpu", "fpu_mac", "fpu_div", "fpu_load", "fpu_store", "fpu_multiple",
    "mve",
};

/* Bits high..low of a halfword. */
static unsigned field(unsigned value, unsigned high, unsigned low)
{
    return (value >> low) & ((1u << (high - low + 1u)) - 1u);
}

static unsigned ones(unsigned value)
{
    return (unsigned)__builtin_popcount(value);
}

static uint16_t reg(unsigned number)
{
    return (uint16_t)(number == PC ? 0u : 1u << number); /* an address made from the program counter never waits */
}

static struct thumb plain(enum thumb_class class)
{
    return (struct thumb){ .class = class };
}

static struct thumb several(enum thumb_class class, unsigned registers)
{
    return (struct thumb){ .class = class, .registers = registers };
}

static struct thumb load(unsigned target, unsigned address, bool by_register)
{
    return (struct thumb){
        .class = LOAD, .loads = reg(target), .address = (uint16_t)address, .by_register = by_register
    };
}

static struct thumb store(enum thumb_class class, unsigned address)
{
    return (struct thumb){ .class = class, .address = (uint16_t)address };
}

/* ---- 16 bits ---- */

/* 0101: single load or store, register offset. */
static struct thumb access_register(unsigned h)
{
    const unsigned address = reg(field(h, 5, 3)) | reg(field(h, 8, 6));
    return field(h, 11, 9) < 3u ? store(STORE_REG, address) : load(field(h, 2, 0), address, true);
}

/* 011x, 1000: single load or store, immediate offset; 1001: relative to the stack pointer. */
static struct thumb access_immediate(unsigned h)
{
    const bool stack = field(h, 15, 12) == 9u;
    const unsigned address = stack ? reg(SP) : reg(field(h, 5, 3));
    const unsigned target = stack ? field(h, 10, 8) : field(h, 2, 0);
    return field(h, 11, 11) ? load(target, address, false) : store(STORE, address);
}

/* 1011: miscellaneous. */
static struct thumb miscellaneous(unsigned h)
{
    if ((h & 0xF500u) == 0xB100u) {
        return plain(BRANCH); /* CBZ, CBNZ */
    }
    if (field(h, 11, 9) == 2u) {
        return several(STORE_MULTIPLE, ones(field(h, 8, 0))); /* PUSH */
    }
    if (field(h, 11, 9) == 6u) {
        return several(field(h, 8, 8) ? LOAD_PC : LOAD_MULTIPLE, ones(field(h, 8, 0))); /* POP */
    }
    if (field(h, 11, 8) == 15u) {
        return plain(field(h, 3, 0) ? IT : field(h, 7, 4) ? SYSTEM : ALU); /* IT; WFE and its kin; NOP */
    }
    return plain(field(h, 11, 8) == 6u || field(h, 11, 8) == 14u ? SYSTEM : ALU); /* CPS, BKPT */
}

/* 0100: data processing on registers, branch exchange, load from a literal pool. */
static struct thumb special(unsigned h)
{
    if (field(h, 11, 11)) {
        return load(field(h, 10, 8), 0u, false);
    }
    if (!field(h, 10, 10)) {
        return plain(field(h, 9, 6) == 13u ? MUL : ALU);
    }
    const bool writes_pc = field(h, 9, 8) != 1u && (field(h, 7, 7) << 3 | field(h, 2, 0)) == PC;
    return plain(field(h, 9, 8) == 3u || writes_pc ? BRANCH : ALU); /* BX, BLX; ADD pc, MOV pc */
}

static struct thumb decode16(unsigned h)
{
    switch (field(h, 15, 12)) {
    case 4:
        return special(h);
    case 5:
        return access_register(h);
    case 6:
    case 7:
    case 8:
    case 9:
        return access_immediate(h);
    case 11:
        return miscellaneous(h);
    case 12:
        return several(field(h, 11, 11) ? LOAD_MULTIPLE : STORE_MULTIPLE, ones(field(h, 7, 0)));
    case 13:
        return plain(field(h, 11, 8) >= 14u ? SYSTEM : BRANCH); /* UDF, SVC */
    case 14:
        return plain(BRANCH);
    default:
        return plain(ALU);
    }
}

/* ---- 32 bits: a is the first halfword, b the second ---- */

/* 1110 100x: load and store multiple, dual, exclusive, table branch. */
static struct thumb multiple_or_dual(unsigned a, unsigned b)
{
    const bool loads = field(a, 4, 4);
    if (!field(a, 6, 6)) {
        const bool returns = loads && field(b, 15, 15);
        return several(returns ? LOAD_PC : loads ? LOAD_MULTIPLE : STORE_MULTIPLE, ones(b));
    }
    if ((a & 0xFFF0u) == 0xE8D0u && (b & 0xFFE0u) == 0xF000u) {
        return plain(TABLE);
    }
    if ((a == 0xE97Fu && b == 0xE97Fu) || !(a & 0x0120u)) {
        return plain(SYSTEM); /* SG; exclusives, acquire and release */
    }
    return plain(loads ? LOAD_DOUBLE : STORE_DOUBLE);
}

/* 1111 100x: single loads and stores. */
static struct thumb access32(unsigned a, unsigned b)
{
    const unsigned base = field(a, 3, 0), target = field(b, 15, 12);
    const bool by_register = base != PC && !field(a, 7, 7) && field(b, 11, 6) == 0u;
    const unsigned address = reg(base) | (by_register ? reg(field(b, 3, 0)) : 0u);
    if (!field(a, 4, 4)) {
        return store(by_register ? STORE_REG : STORE, address);
    }
    if (target == PC && field(a, 6, 5) == 2u) {
        return several(LOAD_PC, 1u);
    }
    return load(target, address, by_register); /* to the program counter: a preload hint, which waits like a load */
}

/* 1111 1011: products and division. */
static struct thumb multiply(unsigned a, unsigned b)
{
    const unsigned op = field(a, 6, 4);
    if (!field(a, 7, 7)) {
        return plain(field(b, 15, 12) == PC && op != 6u ? MUL : MLA);
    }
    switch (op) {
    case 0:
    case 2:
        return plain(MUL_LONG);
    case 1:
    case 3:
        return plain(DIV);
    default:
        return plain(MLA_LONG);
    }
}

/* 1111 0xxx, second halfword 1...: branches and system instructions. */
static struct thumb branch32(unsigned a, unsigned b)
{
    if (field(b, 14, 14)) {
        return plain(field(b, 12, 12) ? CALL : BRANCH); /* BL; loops: LE, WLS, DLS */
    }
    if (field(b, 12, 12) || field(a, 9, 7) != 7u) {
        return plain(BRANCH);
    }
    return plain(a == 0xF3AFu && b == 0x8000u ? ALU : SYSTEM); /* NOP.W; MSR, MRS, barriers, hints */
}

/* 111x 110x with coprocessor 9 to 11: VLDR, VSTR, VLDM, VSTM, VMOV of two registers. */
static struct thumb fpu_access(unsigned a, unsigned b)
{
    const bool loads = field(a, 4, 4);
    if (field(a, 8, 8) && !field(a, 5, 5)) {
        return plain(loads ? FPU_LOAD : FPU_STORE);
    }
    if (!field(a, 8, 7) && !field(a, 5, 5)) {
        return plain(FPU);
    }
    return several(FPU_MULTIPLE, field(b, 7, 0));
}

/* 1110 1110 with coprocessor 9 to 11 and bit 4 clear: arithmetic. */
static struct thumb fpu_arithmetic(unsigned a, unsigned b)
{
    switch (field(a, 7, 7) << 2 | field(a, 5, 4)) {
    case 0:
    case 1:
    case 5:
    case 6:
        return plain(FPU_MAC);
    case 4:
        return plain(FPU_DIV);
    case 7:
        return plain(field(a, 3, 0) == 1u && field(b, 7, 6) == 3u ? FPU_DIV : FPU); /* VSQRT */
    default:
        return plain(FPU);
    }
}

/* 111x 11xx: floating point and vectors. */
static struct thumb coprocessor(unsigned a, unsigned b)
{
    const unsigned number = field(b, 11, 8);
    if (field(a, 9, 8) == 3u || number < 9u || number > 11u) {
        return plain(MVE);
    }
    if (!field(a, 9, 9)) {
        return field(a, 12, 12) ? plain(MVE) : fpu_access(a, b);
    }
    if (field(b, 4, 4)) {
        return plain(number == 11u && field(a, 7, 7) && !field(a, 4, 4) ? MVE : FPU); /* VDUP; transfers */
    }
    return field(a, 12, 12) ? plain(FPU) : fpu_arithmetic(a, b);
}

static struct thumb decode32(unsigned a, unsigned b)
{
    if (field(a, 10, 10) && field(a, 15, 11) != 0x1Eu) {
        return coprocessor(a, b);
    }
    switch (field(a, 15, 9)) {
    case 0x74: /* 1110 100 */
        return multiple_or_dual(a, b);
    case 0x75: /* 1110 101: data processing, shifted register */
        return plain(ALU);
    case 0x7C: /* 1111 100 */
        return access32(a, b);
    case 0x7D: /* 1111 101 */
        return field(a, 8, 8) ? multiply(a, b) : plain(ALU);
    default: /* 1111 0xx */
        return field(b, 15, 15) ? branch32(a, b) : plain(ALU);
    }
}

struct thumb thumb_decode(const uint8_t *code, size_t size)
{
    const unsigned first = code[0] | (unsigned)code[1] << 8;
    return size == 2u ? decode16(first) : decode32(first, code[2] | (unsigned)code[3] << 8);
}

bool thumb_waits(const struct thumb_row *row, const struct thumb *now)
{
    return (row->all & now->address) != 0u;
}

enum thumb_class thumb_class_after(struct thumb_row *row, const struct thumb *now)
{
    const bool overlaps = row->last != 0u && !(row->last & now->address) && !now->by_register;
    if (now->class == LOAD) {
        row->last = now->loads;
        row->all |= now->loads;
        return overlaps ? LOAD_NEXT : LOAD;
    }
    row->last = row->all = 0u;
    return overlaps && (now->class == STORE || now->class == STORE_REG) ? STORE_NEXT : now->class;
}

bool thumb_branches(enum thumb_class class)
{
    return class == BRANCH || class == CALL || class == TABLE || class == LOAD_PC;
}
