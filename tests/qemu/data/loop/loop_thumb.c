/* Cortex-M4. Beside every instruction: how often it is executed, cycles each (table of targets/cortex-m4). */
#include "loop.h"

__asm__(".syntax unified\n"
        ".text\n"
        ".balign 4\n"
        ".globl loop_run\n"
        ".thumb_func\n"
        ".type loop_run, %function\n"
        "loop_run:\n"
        "    push {r4, r5, r6, lr}\n"  /* 1     x (1 + 4) */
        "    mov r5, r1\n"             /* 1     x 1 */
        "    mov r6, r2\n"             /* 1     x 1 */
        "    bl loop_n00_count\n"      /* 1     x (1 + 2) */
        "    mov r0, r5\n"             /* 1     x 1 */
        "    bl loop_n01_copy\n"       /* 1     x (1 + 2) */
        "    mov r0, r5\n"             /* 1     x 1 */
        "    bl loop_n02_page\n"       /* 1     x (1 + 2) */
        "    pop {r4, r5, r6, pc}\n"   /* 1     x (1 + 4 + 2) */
        ".size loop_run, . - loop_run\n"

        ".thumb_func\n"
        ".type loop_n00_count, %function\n"
        "loop_n00_count:\n"
        "    push {r4, lr}\n"          /* 1     x (1 + 2) */
        "    movw r4, #1000\n"         /* 1     x 1 */
        "1:  subs r4, r4, #1\n"        /* 1000  x 1 */
        "    bne 1b\n"                 /* 1000  x 1, 999 taken x 2 */
        "    movs r4, #50\n"           /* 1     x 1 */
        "2:  bl loop_kernel\n"         /* 50    x (1 + 2) */
        "    subs r4, r4, #1\n"        /* 50    x 1 */
        "    bne 2b\n"                 /* 50    x 1, 49 taken x 2 */
        "    pop {r4, pc}\n"           /* 1     x (1 + 2 + 2) */
        ".size loop_n00_count, . - loop_n00_count\n"

        /* Called by both nodes: 50 times by the first, once by the second. */
        ".thumb_func\n"
        ".type loop_kernel, %function\n"
        "loop_kernel:\n"
        "    adr r3, loop_table\n"     /* 1 x 1 */
        "    ldr r0, [r3]\n"           /* 1 x 2, reads flash */
        "    ldr r1, [r3, #4]\n"       /* 1 x 1, reads flash, overlaps with the load before */
        "    ldr r2, [r3, r0]\n"       /* 1 x (2 + 1), reads flash, waits for r0 */
        "    smlad r2, r0, r1, r2\n"   /* 1 x 1 */
        "    bx lr\n"                  /* 1 x (1 + 2) */
        ".size loop_kernel, . - loop_kernel\n"

        ".thumb_func\n"
        ".type loop_n01_copy, %function\n"
        "loop_n01_copy:\n"
        "    push {r4, lr}\n"          /* 1 x (1 + 2) */
        "    mov r4, r0\n"             /* 1 x 1 */
        "    bl loop_kernel\n"         /* 1 x (1 + 2) */
        "    ldr r0, [r4]\n"           /* 1 x 2, reads RAM */
        "    str r0, [r6]\n"           /* 1 x 1, overlaps */
        "    ldr r0, [r3, #1]\n"       /* 1 x 2 + 1: reads flash, not aligned */
        "    cbz r0, 3f\n"             /* 1 x 1, not taken */
        "    pop {r4, pc}\n"           /* 1 x (1 + 2 + 2) */
        "3:  b 3b\n"
        ".size loop_n01_copy, . - loop_n01_copy\n"

        ".balign 4\n"
        "loop_table: .word 4, 0x01020304, 3\n"

        /* The emulator's pages are 1 KB: the load and the comparison are the last two instructions of one. */
        ".balign 1024\n"
        ".space 0x3F6\n"
        ".thumb_func\n"
        ".type loop_n02_page, %function\n"
        "loop_n02_page:\n"
        "    push {r4, lr}\n"          /* 1 x (1 + 2) */
        "    movs r1, #0\n"            /* 1 x 1 */
        "    mov r4, r0\n"             /* 1 x 1 */
        "    ldrsb r0, [r4, r1]\n"     /* 1 x 2, 16 bits */
        "    cmp r0, #0\n"             /* 1 x 1, 16 bits */
        "    pop {r4, pc}\n"           /* 1 x (1 + 2 + 2) */
        ".size loop_n02_page, . - loop_n02_page\n");
