@ Every class of instruction with its expected class after the @; read by tests/qemu/test_profile.py.
    .syntax unified
    .thumb
    .text
    .balign 4
start:
    adds r0, r1, r2             @ alu
    movs r0, #255               @ alu
    cmp r0, #3                  @ alu
    lsls r0, r1, #4             @ alu
    mov r8, r1                  @ alu
    add r8, r1                  @ alu
    adr r0, pool                @ alu
    add r0, sp, #16             @ alu
    sub sp, #16                 @ alu
    sxtb r0, r1                 @ alu
    rev r0, r1                  @ alu
    nop                         @ alu
    nop.w                       @ alu
    movw r0, #0x1234            @ alu
    movt r0, #0x1234            @ alu
    add.w r0, r1, r2, lsl #3    @ alu
    addw r0, r1, #4095          @ alu
    ubfx r0, r1, #3, #5         @ alu
    sxtb16 r0, r1, ror #8       @ alu
    sxtab16 r0, r1, r2          @ alu
    uadd8 r0, r1, r2            @ alu
    ssub16 r0, r1, r2           @ alu
    pkhbt r0, r1, r2, lsl #16   @ alu
    ssat r0, #8, r1, asr #3     @ alu
    usat r0, #7, r1             @ alu
    clz r0, r1                  @ alu
    rbit r0, r1                 @ alu
    sel r0, r1, r2              @ alu
    csel r0, r1, r2, eq         @ alu
    muls r0, r1, r0             @ mul
    mul r8, r1, r2              @ mul
    smulbb r0, r1, r2           @ mul
    smuad r0, r1, r2            @ mul
    smulwb r0, r1, r2           @ mul
    smmulr r0, r1, r2           @ mul
    usad8 r0, r1, r2            @ mul
    mla r0, r1, r2, r3          @ mla
    mls r0, r1, r2, r3          @ mla
    smlabt r0, r1, r2, r3       @ mla
    smlad r0, r1, r2, r3        @ mla
    smladx r0, r1, r2, r3       @ mla
    smlsd r0, r1, r2, r3        @ mla
    smlawt r0, r1, r2, r3       @ mla
    smmla r0, r1, r2, r3        @ mla
    smmls r0, r1, r2, r3        @ mla
    usada8 r0, r1, r2, r3       @ mla
    smull r0, r1, r2, r3        @ mul_long
    umull r0, r1, r2, r3        @ mul_long
    smlal r0, r1, r2, r3        @ mla_long
    umlal r0, r1, r2, r3        @ mla_long
    umaal r0, r1, r2, r3        @ mla_long
    smlald r0, r1, r2, r3       @ mla_long
    smlsld r0, r1, r2, r3       @ mla_long
    smlalbb r0, r1, r2, r3      @ mla_long
    sdiv r0, r1, r2             @ div
    udiv r0, r1, r2             @ div
    ldr r0, [r1]                @ load
    ldr r0, [r1, r2]            @ load
    ldrb r0, [r1, #3]           @ load
    ldrsh r0, [r1, r2]          @ load
    ldr r0, [sp, #8]            @ load
    ldr r0, pool                @ load
    ldr.w r0, pool              @ load
    ldr r0, [r1, #4]!           @ load
    ldr r0, [r1], #4            @ load
    ldr r0, [r1, #-4]           @ load
    ldr r8, [r1, #1024]         @ load
    ldr r8, [r1, r2, lsl #2]    @ load
    ldrsb r8, [r1, #100]        @ load
    ldrh r8, [r1], #2           @ load
    ldrd r0, r1, [r2]           @ load_double
    ldrd r0, r1, [r2], #8       @ load_double
    ldmia r0!, {r1, r2, r3}     @ load_multiple 3
    ldmia.w r0, {r4-r11}        @ load_multiple 8
    ldmdb r0, {r4, r9}          @ load_multiple 2
    pop {r0, r1}                @ load_multiple 2
    pop {r4-r7, pc}             @ load_pc 5
    pop.w {r4-r11, pc}          @ load_pc 9
    ldr pc, [r0, #4]            @ load_pc 1
    str r0, [r1]                @ store
    strb r0, [r1, #3]           @ store
    str r0, [sp, #8]            @ store
    str r0, [r1], #4            @ store
    str r8, [r1, #-4]           @ store
    strh r8, [r1, #256]         @ store
    str r0, [r1, r2]            @ store_reg
    strb r8, [r1, r2, lsl #1]   @ store_reg
    strd r0, r1, [r2, #8]       @ store_double
    stmia r0!, {r1, r2}         @ store_multiple 2
    stmia.w r0, {r4-r11}        @ store_multiple 8
    push {r4, lr}               @ store_multiple 2
    push.w {r4-r11, lr}         @ store_multiple 9
    b start                     @ branch
    b.w start                   @ branch
    beq near                    @ branch
    bne.w start                 @ branch
    cbnz r0, near               @ branch
    bx lr                       @ branch
near:
    blx r3                      @ branch
    mov pc, r1                  @ branch
    bl start                    @ call
    tbb [pc, r0]                @ table
    tbh [pc, r0, lsl #1]        @ table
    it eq                       @ it
    moveq r0, r1                @ alu
    mrs r0, primask             @ system
    msr primask, r0             @ system
    cpsid i                     @ system
    dmb                         @ system
    isb                         @ system
    ldrex r0, [r1]              @ system
    strex r0, r1, [r2]          @ system
    svc #0                      @ system
    bkpt #0xAB                  @ system
    wfi                         @ system
    vadd.f32 s0, s1, s2         @ fpu
    vmul.f32 s0, s1, s2         @ fpu
    vmov r0, s1                 @ fpu
    vmov s1, r0                 @ fpu
    vmov r0, r1, s2, s3         @ fpu
    vmov.f32 s0, #1.0           @ fpu
    vcvt.s32.f32 s0, s1         @ fpu
    vcmp.f32 s0, s1             @ fpu
    vmrs APSR_nzcv, fpscr       @ fpu
    vmla.f32 s0, s1, s2         @ fpu_mac
    vfma.f32 s0, s1, s2         @ fpu_mac
    vfnms.f32 s0, s1, s2        @ fpu_mac
    vdiv.f32 s0, s1, s2         @ fpu_div
    vsqrt.f32 s0, s1            @ fpu_div
    vldr s0, [r0]               @ fpu_load
    vldr s0, [r0, #-8]          @ fpu_load
    vstr s0, [r0, #4]           @ fpu_store
    vldmia r0!, {s0-s3}         @ fpu_multiple 4
    vpush {s16-s19}             @ fpu_multiple 4
    vpop {d8-d9}                @ fpu_multiple 4
    vldrw.u32 q0, [r0]          @ mve
    vstrb.8 q0, [r0], #16       @ mve
    vmladava.s8 r0, q1, q2      @ mve
    vadd.i32 q0, q1, q2         @ mve
    vmlaldava.s16 r0, r1, q1, q2 @ mve
    vdup.8 q0, r1               @ mve
    vmax.s8 q0, q1, q2          @ mve
    vld20.8 {q0, q1}, [r0]      @ mve
    dls lr, r0                  @ branch
    le lr, start                @ branch
    .balign 4
pool:
    .word 0
