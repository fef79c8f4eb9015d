/* Start-up of a Cortex-M (ARMv6-M to ARMv8.1-M) under semihosting. SPDX-License-Identifier: 0BSD */
#include <stddef.h>
#include <stdint.h>

/* Executed by the emulator or a debugger: operation in r0, parameter block in r1, result in r0. */
static int32_t eg_semihost(uint32_t operation, volatile void *argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register volatile void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt #0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return (int32_t)r0;
}

#include "eg_semihosting.h"

#define CCR (*(volatile uint32_t *)0xE000ED14u)
#define CPACR (*(volatile uint32_t *)0xE000ED88u)
#define CCR_UNALIGN_TRP (1u << 3)
#define CPACR_CP10_CP11 (0xFu << 20)
#define FAULT 20

/* From link.ld: addresses only. */
extern uint32_t eg_stack_limit[], eg_stack_top[];
extern uint32_t eg_data_start[], eg_data_end[], eg_data_load[];
extern uint32_t eg_bss_start[], eg_bss_end[];

void eg_reset(void) __attribute__((noreturn));
void eg_fault(void);

uint32_t *eg_port_stack_limit(void)
{
    return eg_stack_limit;
}

/* Every exception: none is expected. A stack that overflowed leaves RAM, and the core locks up before it comes here. */
void eg_fault(void)
{
    eg_port_exit(FAULT);
}

void eg_reset(void)
{
    const volatile uint32_t *from = eg_data_load;
    for (volatile uint32_t *to = eg_data_start; (uintptr_t)to < (uintptr_t)eg_data_end; to++) {
        *to = *from++;
    }
    for (volatile uint32_t *to = eg_bss_start; (uintptr_t)to < (uintptr_t)eg_bss_end; to++) {
        *to = 0;
    }
#if defined(__ARM_ARCH_6M__)
    CCR |= CCR_UNALIGN_TRP; /* the emulated core forgives what an ARMv6-M core does not */
#endif
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
    CPACR |= CPACR_CP10_CP11;
    __asm__ volatile("dsb\n\tisb" ::: "memory");
#endif
    eg_semihosting_main();
}

struct vectors {
    uint32_t *stack;
    void (*reset)(void);
    void (*exceptions[14])(void);
};

extern const struct vectors eg_vectors;

__attribute__((section(".vectors"), used)) const struct vectors eg_vectors = {
    eg_stack_top,
    eg_reset,
    { eg_fault, eg_fault, eg_fault, eg_fault, eg_fault, eg_fault, eg_fault, eg_fault, eg_fault, eg_fault, eg_fault,
      eg_fault, eg_fault, eg_fault },
};
