/* RV32IMC: the same shape, instructions only. */
#include "loop.h"

__asm__(".text\n"
        ".balign 4\n"
        ".globl loop_run\n"
        ".type loop_run, @function\n"
        "loop_run:\n"                  /* 10 instructions */
        "    addi sp, sp, -16\n"
        "    sw ra, 12(sp)\n"
        "    sw a1, 8(sp)\n"
        "    jal loop_n00_count\n"
        "    lw a0, 8(sp)\n"
        "    mv a1, a2\n"
        "    jal loop_n01_copy\n"
        "    lw ra, 12(sp)\n"
        "    addi sp, sp, 16\n"
        "    ret\n"
        ".size loop_run, . - loop_run\n"

        ".type loop_n00_count, @function\n"
        "loop_n00_count:\n"            /* 1 + 2 * 1000 + 1 */
        "    li t0, 1000\n"
        "1:  addi t0, t0, -1\n"
        "    bnez t0, 1b\n"
        "    ret\n"
        ".size loop_n00_count, . - loop_n00_count\n"

        ".type loop_n01_copy, @function\n"
        "loop_n01_copy:\n"             /* 3 */
        "    lw t0, 0(a0)\n"
        "    sw t0, 0(a1)\n"
        "    ret\n"
        ".size loop_n01_copy, . - loop_n01_copy\n");
