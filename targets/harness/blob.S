/* The model's external weights as a table in flash, for the harness. SPDX-License-Identifier: 0BSD */
    .section .rodata.eg_h_blob, "a"
    .balign 16
    .globl eg_h_blob
    .type eg_h_blob, %object
eg_h_blob:
    .incbin "blob.bin"
    .size eg_h_blob, . - eg_h_blob
#if defined(__ELF__) && defined(__linux__)
    .section .note.GNU-stack, "", %progbits
#endif
