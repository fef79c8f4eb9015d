/* no tables */

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef ADD_DSP_X_HOT_SECTION
#define ADD_DSP_X_HOT_SECTION
#endif

struct add_dsp_x_add_s8_dsp_xx_r21_params {
    int32_t slope_a;
    int32_t slope_b;
    int32_t constant;
    int32_t rows;
    int32_t count;
    int32_t b_step;
};

static inline int8_t add_dsp_x_add_s8_dsp_xx_r21_one(const struct add_dsp_x_add_s8_dsp_xx_r21_params *p, int32_t a, int32_t b)
{
    return eg_saturate8(((a * p->slope_a) + (b * p->slope_b) + p->constant) >> 21, -128, 127);
}

/* add: y = ssat8((a * slope_a + b * slope_b + constant) >> 21), proven equal to the layer on all pairs; a multiple of 4. */
#if EG_HAS_DSP
static ADD_DSP_X_HOT_SECTION EG_NAKED void add_dsp_x_add_s8_dsp_xx_r21_run(EG_UNUSED const int8_t *a, EG_UNUSED const int8_t *b, EG_UNUSED int8_t *y,
    EG_UNUSED const struct add_dsp_x_add_s8_dsp_xx_r21_params *p, EG_UNUSED const int8_t *end)
{
    __asm__ volatile(
        "push {r4-r11, lr}\n\t"
        "ldm r3, {r3-r5}\n\t"
        "ldr r12, [sp, #36]\n\t"
        "sub r6, r12, r0\n\t"
        "tst r6, #4\n\t"
        "bne 2f\n\t"
        "1:\n\t"
        "ldrsb r6, [r0, #1]\n\t"
        "ldrsb r7, [r0, #2]\n\t"
        "ldrsb r8, [r0, #3]\n\t"
        "ldrsb lr, [r0], #4\n\t"
        "ldrsb r9, [r1, #1]\n\t"
        "ldrsb r10, [r1, #2]\n\t"
        "ldrsb r11, [r1, #3]\n\t"
        "ldrsb r12, [r1], #4\n\t"
        "mla r6, r6, r3, r5\n\t"
        "mla r7, r7, r3, r5\n\t"
        "mla r8, r8, r3, r5\n\t"
        "mla lr, lr, r3, r5\n\t"
        "mla r6, r9, r4, r6\n\t"
        "mla r7, r10, r4, r7\n\t"
        "mla r8, r11, r4, r8\n\t"
        "mla lr, r12, r4, lr\n\t"
        "ssat r6, #8, r6, asr #21\n\t"
        "ssat r7, #8, r7, asr #21\n\t"
        "ssat r8, #8, r8, asr #21\n\t"
        "ssat lr, #8, lr, asr #21\n\t"
        "strb r6, [r2, #1]\n\t"
        "strb r7, [r2, #2]\n\t"
        "strb r8, [r2, #3]\n\t"
        "strb lr, [r2], #4\n\t"
        "2:\n\t"
        "ldrsb r6, [r0, #1]\n\t"
        "ldrsb r7, [r0, #2]\n\t"
        "ldrsb r8, [r0, #3]\n\t"
        "ldrsb lr, [r0], #4\n\t"
        "ldrsb r9, [r1, #1]\n\t"
        "ldrsb r10, [r1, #2]\n\t"
        "ldrsb r11, [r1, #3]\n\t"
        "ldrsb r12, [r1], #4\n\t"
        "mla r6, r6, r3, r5\n\t"
        "mla r7, r7, r3, r5\n\t"
        "mla r8, r8, r3, r5\n\t"
        "mla lr, lr, r3, r5\n\t"
        "mla r6, r9, r4, r6\n\t"
        "mla r7, r10, r4, r7\n\t"
        "mla r8, r11, r4, r8\n\t"
        "mla lr, r12, r4, lr\n\t"
        "ssat r6, #8, r6, asr #21\n\t"
        "ssat r7, #8, r7, asr #21\n\t"
        "ssat r8, #8, r8, asr #21\n\t"
        "ssat lr, #8, lr, asr #21\n\t"
        "strb r6, [r2, #1]\n\t"
        "strb r7, [r2, #2]\n\t"
        "strb r8, [r2, #3]\n\t"
        "strb lr, [r2], #4\n\t"
        "ldr r12, [sp, #36]\n\t"
        "cmp r0, r12\n\t"
        "bne 1b\n\t"
        "pop {r4-r11, pc}\n\t"
    );
}
#else
static ADD_DSP_X_HOT_SECTION void add_dsp_x_add_s8_dsp_xx_r21_run(const int8_t *a, const int8_t *b, int8_t *y, const struct add_dsp_x_add_s8_dsp_xx_r21_params *p, const int8_t *end)
{
    while (a != end) {
        *y++ = add_dsp_x_add_s8_dsp_xx_r21_one(p, *a++, *b++);
    }
}
#endif

/* Rows of `count` elements; b starts again with every row when b_step is 0. */
static ADD_DSP_X_HOT_SECTION void add_dsp_x_add_s8_dsp_xx_r21(const struct add_dsp_x_add_s8_dsp_xx_r21_params *p, const int8_t *a, const int8_t *b, int8_t *y)
{
    const int32_t fours = p->count & ~3;
    for (int32_t row = 0; row < p->rows; row++) {
        if (fours != 0) {
            add_dsp_x_add_s8_dsp_xx_r21_run(a, b, y, p, &a[fours]);
        }
        for (int32_t i = fours; i < p->count; i++) {
            y[i] = add_dsp_x_add_s8_dsp_xx_r21_one(p, a[i], b[i]);
        }
        a += p->count;
        b += p->b_step;
        y += p->count;
    }
}

/* 0: add from ADD #0 'add' in tiny.tflite
 * int8[1x6x6x8], int8[1x6x6x8] to int8[1x6x6x8]; kernel dsp, format - */
static ADD_DSP_X_HOT_SECTION EG_NOINLINE void add_dsp_x_n00_add(const int8_t *x0, const int8_t *x1, int8_t *y)
{
    static const struct add_dsp_x_add_s8_dsp_xx_r21_params p = {
        .slope_a = 1048577,
        .slope_b = 1048577,
        .constant = 1048569,
        .rows = 1,
        .count = 288,
        .b_step = 288,
    };
    add_dsp_x_add_s8_dsp_xx_r21(&p, x0, x1, y);
}

ADD_DSP_X_HOT_SECTION
