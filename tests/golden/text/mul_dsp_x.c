/* no tables */

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef MUL_DSP_X_HOT_SECTION
#define MUL_DSP_X_HOT_SECTION
#endif

struct mul_dsp_x_mul_s8_dsp_xx_bias_r10_8_params {
    int32_t scale;
    int32_t offset_a;
    int32_t offset_b;
    int32_t multiplier;
    int32_t constant;
    int32_t rows;
    int32_t count;
    int32_t b_step;
};

static inline int8_t mul_dsp_x_mul_s8_dsp_xx_bias_r10_8_requantize(int32_t acc, const int32_t *r)
{
    int32_t value = eg_smmla(acc, r[0], r[1]);
    value >>= 10;
    return eg_saturate8(value, -128, 127);
}

static inline int8_t mul_dsp_x_mul_s8_dsp_xx_bias_r10_8_one(const struct mul_dsp_x_mul_s8_dsp_xx_bias_r10_8_params *p, int32_t a, int32_t b)
{
    return mul_dsp_x_mul_s8_dsp_xx_bias_r10_8_requantize(((a * p->scale) + p->offset_a) * (b + p->offset_b), &p->multiplier);
}

/* mul: y = requantize((a * scale + offset_a) * (b + offset_b)), scale 2^8; a multiple of 4 elements. */
#if EG_HAS_DSP
static MUL_DSP_X_HOT_SECTION EG_NAKED void mul_dsp_x_mul_s8_dsp_xx_bias_r10_8_run(EG_UNUSED const int8_t *a, EG_UNUSED const int8_t *b, EG_UNUSED int8_t *y,
    EG_UNUSED const struct mul_dsp_x_mul_s8_dsp_xx_bias_r10_8_params *p, EG_UNUSED const int8_t *end)
{
    __asm__ volatile(
        "push {r4-r11, lr}\n\t"
        "ldm r3, {r3-r7}\n\t"
        "1:\n\t"
        "ldrsb r9, [r0], #1\n\t"
        "ldrsb r10, [r0], #1\n\t"
        "ldrsb r11, [r1], #1\n\t"
        "ldrsb r12, [r1], #1\n\t"
        "mla r9, r9, r3, r4\n\t"
        "mla r10, r10, r3, r4\n\t"
        "add r11, r11, r5\n\t"
        "add r12, r12, r5\n\t"
        "mul r9, r9, r11\n\t"
        "mul r10, r10, r12\n\t"
        "smmla r9, r9, r6, r7\n\t"
        "ssat r9, #8, r9, asr #10\n\t"
        "smmla r10, r10, r6, r7\n\t"
        "ssat r10, #8, r10, asr #10\n\t"
        "strb r9, [r2], #1\n\t"
        "strb r10, [r2], #1\n\t"
        "ldrsb r9, [r0], #1\n\t"
        "ldrsb r10, [r0], #1\n\t"
        "ldrsb r11, [r1], #1\n\t"
        "ldrsb r12, [r1], #1\n\t"
        "mla r9, r9, r3, r4\n\t"
        "mla r10, r10, r3, r4\n\t"
        "add r11, r11, r5\n\t"
        "add r12, r12, r5\n\t"
        "mul r9, r9, r11\n\t"
        "mul r10, r10, r12\n\t"
        "smmla r9, r9, r6, r7\n\t"
        "ssat r9, #8, r9, asr #10\n\t"
        "smmla r10, r10, r6, r7\n\t"
        "ssat r10, #8, r10, asr #10\n\t"
        "strb r9, [r2], #1\n\t"
        "strb r10, [r2], #1\n\t"
        "ldr r12, [sp, #36]\n\t"
        "cmp r0, r12\n\t"
        "bne 1b\n\t"
        "pop {r4-r11, pc}\n\t"
    );
}
#else
static MUL_DSP_X_HOT_SECTION void mul_dsp_x_mul_s8_dsp_xx_bias_r10_8_run(const int8_t *a, const int8_t *b, int8_t *y, const struct mul_dsp_x_mul_s8_dsp_xx_bias_r10_8_params *p, const int8_t *end)
{
    while (a != end) {
        *y++ = mul_dsp_x_mul_s8_dsp_xx_bias_r10_8_one(p, *a++, *b++);
    }
}
#endif

/* Rows of `count` elements; b starts again with every row when b_step is 0. */
static MUL_DSP_X_HOT_SECTION void mul_dsp_x_mul_s8_dsp_xx_bias_r10_8(const struct mul_dsp_x_mul_s8_dsp_xx_bias_r10_8_params *p, const int8_t *a, const int8_t *b, int8_t *y)
{
    const int32_t fours = p->count & ~3;
    for (int32_t row = 0; row < p->rows; row++) {
        if (fours != 0) {
            mul_dsp_x_mul_s8_dsp_xx_bias_r10_8_run(a, b, y, p, &a[fours]);
        }
        for (int32_t i = fours; i < p->count; i++) {
            y[i] = mul_dsp_x_mul_s8_dsp_xx_bias_r10_8_one(p, a[i], b[i]);
        }
        a += p->count;
        b += p->b_step;
        y += p->count;
    }
}

/* 0: mul from MUL #0 'mul' in tiny.tflite
 * int8[1x6x6x8], int8[1x6x6x8] to int8[1x6x6x8]; kernel dsp, format - */
static MUL_DSP_X_HOT_SECTION EG_NOINLINE void mul_dsp_x_n00_mul(const int8_t *x0, const int8_t *x1, int8_t *y)
{
    static const struct mul_dsp_x_mul_s8_dsp_xx_bias_r10_8_params p = {
        .scale = 256,
        .offset_a = -768,
        .offset_b = 5,
        .multiplier = 343597384,
        .constant = 3584,
        .rows = 1,
        .count = 288,
        .b_step = 288,
    };
    mul_dsp_x_mul_s8_dsp_xx_bias_r10_8(&p, x0, x1, y);
}

MUL_DSP_X_HOT_SECTION
