/* Start-up of a bare 32-bit RISC-V hart under semihosting. SPDX-License-Identifier: 0BSD */
#include <stddef.h>
#include <stdint.h>

/* The three instructions mark a semihosting call: uncompressed, in one page, hence the alignment. */
static int32_t eg_semihost(uint32_t operation, volatile void *argument)
{
    register uint32_t a0 __asm__("a0") = operation;
    register volatile void *a1 __asm__("a1") = argument;
    __asm__ volatile(".option push\n\t"
                     ".option norvc\n\t"
                     ".balign 16\n\t"
                     "slli zero, zero, 0x1f\n\t"
                     "ebreak\n\t"
                     "srai zero, zero, 0x7\n\t"
                     ".option pop"
                     : "+r"(a0)
                     : "r"(a1)
                     : "memory");
    return (int32_t)a0;
}

#include "eg_semihosting.h"

#define FAULT 20

/* From link.ld: addresses only. */
extern uint32_t eg_stack_limit[];
extern uint32_t eg_data_start[], eg_data_end[], eg_data_load[];
extern uint32_t eg_bss_start[], eg_bss_end[];

void eg_start(void) __attribute__((noreturn));
void eg_fault(void) __attribute__((noreturn));

/* The first instruction of flash: global pointer, stack, trap handler. */
__asm__(".section .vectors, \"ax\"\n"
        ".globl eg_reset\n"
        ".type eg_reset, @function\n"
        "eg_reset:\n"
        ".option push\n"
        ".option norelax\n"
        "    la gp, __global_pointer$\n"
        ".option pop\n"
        "    la sp, eg_stack_top\n"
        "    la t0, eg_trap\n"
        ".option push\n"
        ".option arch, +zicsr\n"
        "    csrw mtvec, t0\n"
        ".option pop\n"
        "    j eg_start\n"
        ".balign 4\n"
        "eg_trap:\n"
        "    la sp, eg_stack_top\n"
        "    j eg_fault\n"
        ".size eg_reset, . - eg_reset\n"
        ".text\n");

uint32_t *eg_port_stack_limit(void)
{
    return eg_stack_limit;
}

/* Every trap: none is expected. */
void eg_fault(void)
{
    eg_port_exit(FAULT);
}

void eg_start(void)
{
    const volatile uint32_t *from = eg_data_load;
    for (volatile uint32_t *to = eg_data_start; (uintptr_t)to < (uintptr_t)eg_data_end; to++) {
        *to = *from++;
    }
    for (volatile uint32_t *to = eg_bss_start; (uintptr_t)to < (uintptr_t)eg_bss_end; to++) {
        *to = 0;
    }
    eg_semihosting_main();
}
