static const int8_t dw_unpack_int8_n00_depthwise_conv2d_weights[72] EG_ALIGN(8) DW_UNPACK_INT8_WEIGHTS_SECTION = {
    -7, -64, 37, 81, 122, -122, 64, 58, -19, 3, -48, 13, -43, -93, 64, 118, -87, 31,
    65, 94, -106, -12, -30, -112, -104, -45, -11, 115, -20, -120, 74, -25, -56, 57, 120, 71,
    -119, -58, 93, -96, 103, 0, -53, -20, -35, -91, 84, 65, -50, -76, -4, 11, 4, 29,
    82, -62, 86, -96, 1, -98, 108, -53, 70, 114, -23, 10, -12, -61, 123, -57, -98, 106,
};

static const int16_t dw_unpack_int8_n00_depthwise_conv2d_constants[34] EG_ALIGN(8) DW_UNPACK_INT8_WEIGHTS_SECTION = {
    9, 256, 0, 1, 4, 5, 3588, 0, -8, -1, 337, -27787, 1048,
    -239, 28416, 1153, -391, 19084, 1258, -202, 9752, 1363, -87, 419, 1468, 314,
    -8913, 1572, -49, -18245, 1677, -409, -27578, 1782,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef DW_UNPACK_INT8_HOT_SECTION
#define DW_UNPACK_INT8_HOT_SECTION
#endif

/* Four channels of two rows as words (row b << 16 | row a), one per column and channel, 16 bits each: to[column][channel]
 * with 8 bytes per channel, up to end (32 bytes per column). A row whose step is 0 repeats its first column. */
#if EG_HAS_DSP
static DW_UNPACK_INT8_HOT_SECTION EG_NAKED void dw_unpack_int8_dsp_row_pairs(EG_UNUSED const int8_t *a, EG_UNUSED const int8_t *b, EG_UNUSED uint32_t *to,
    EG_UNUSED const uint32_t *end, EG_UNUSED int32_t step_a, EG_UNUSED int32_t step_b)
{
    __asm__ volatile(
        "push {r4-r11, lr}\n\t"
        "ldrd r12, lr, [sp, #36]\n\t"
        "sub r4, r3, r2\n\t"
        "tst r4, #32\n\t"
        "bne 2f\n\t"
        "1:\n\t"
        "ldr r4, [r0]\n\t"
        "add r0, r0, r12\n\t"
        "ldr r5, [r1]\n\t"
        "add r1, r1, lr\n\t"
        "pkhbt r6, r4, r5, lsl #16\n\t"
        "pkhtb r7, r5, r4, asr #16\n\t"
        "sxtb16 r9, r6, ror #8\n\t"
        "sxtb16 r8, r6\n\t"
        "sxtb16 r11, r7, ror #8\n\t"
        "sxtb16 r10, r7\n\t"
        "str r9, [r2, #8]\n\t"
        "str r10, [r2, #16]\n\t"
        "str r11, [r2, #24]\n\t"
        "str r8, [r2], #32\n\t"
        "2:\n\t"
        "ldr r4, [r0]\n\t"
        "add r0, r0, r12\n\t"
        "ldr r5, [r1]\n\t"
        "add r1, r1, lr\n\t"
        "pkhbt r6, r4, r5, lsl #16\n\t"
        "pkhtb r7, r5, r4, asr #16\n\t"
        "sxtb16 r9, r6, ror #8\n\t"
        "sxtb16 r8, r6\n\t"
        "sxtb16 r11, r7, ror #8\n\t"
        "sxtb16 r10, r7\n\t"
        "str r9, [r2, #8]\n\t"
        "str r10, [r2, #16]\n\t"
        "str r11, [r2, #24]\n\t"
        "str r8, [r2], #32\n\t"
        "cmp r2, r3\n\t"
        "bne 1b\n\t"
        "pop {r4-r11, pc}\n\t"
    );
}
#else
static DW_UNPACK_INT8_HOT_SECTION void dw_unpack_int8_dsp_row_pairs(const int8_t *a, const int8_t *b, uint32_t *to, const uint32_t *end, int32_t step_a, int32_t step_b)
{
    while (to != end) {
        for (uint32_t channel = 0; channel < 4U; channel++) {
            to[2U * channel] = eg_pack16(a[channel], b[channel]);
        }
        a += step_a;
        b += step_b;
        to += 8;
    }
}
#endif

/* Two output rows of up to four channels, 3x3 with stride 1. buffer: [column][channel][slot] of row pairs; slot 0 * holds the upper pair. weights, per channel: (w0 | w1 << 16)[3], (w1 | w2 << 16)[3], times 2^8, bias,
 * multiplier, constant, third. */
#if EG_HAS_DSP
static DW_UNPACK_INT8_HOT_SECTION EG_NAKED void dw_unpack_int8_dsp_depthwise3x3_rows0_bias_tie_r10(EG_UNUSED const uint32_t *buffer, EG_UNUSED const int32_t *weights, EG_UNUSED int8_t *y,
    EG_UNUSED const struct eg_depthwise_rows *block)
{
    __asm__ volatile(
        "push {r4-r11, lr}\n\t"
        "sub sp, sp, #60\n\t"
        "ldm r3, {r4-r8}\n\t"
        "strd r4, r5, [sp, #8]\n\t"
        "add r6, r0, r6\n\t"
        "strd r0, r6, [sp, #16]\n\t"
        "strd r2, r8, [sp, #24]\n\t"
        "str r7, [sp, #32]\n\t"
        "mov r12, r1\n\t"
        "1:\n\t"
        "ldm r12!, {r1-r10}\n\t"
        "str r10, [sp, #44]\n\t"
        "str r7, [sp, #40]\n\t"
        "strd r8, r9, [sp]\n\t"
        "str r12, [sp, #36]\n\t"
        "ldr lr, [sp, #24]\n\t"
        "add r12, lr, #1\n\t"
        "str r12, [sp, #24]\n\t"
        "2:\n\t"
        "ldr r8, [sp, #40]\n\t"
        "ldrd r11, r12, [r0], #32\n\t"
        "smlatb r9, r11, r1, r8\n\t"
        "smlad r7, r11, r1, r8\n\t"
        "smlabt r7, r12, r4, r7\n\t"
        "smlad r9, r12, r4, r9\n\t"
        "ldrd r11, r12, [r0], #32\n\t"
        "smlatb r9, r11, r2, r9\n\t"
        "smlad r7, r11, r2, r7\n\t"
        "smlabt r7, r12, r5, r7\n\t"
        "smlad r9, r12, r5, r9\n\t"
        "smlatb r10, r11, r1, r8\n\t"
        "smlad r8, r11, r1, r8\n\t"
        "smlabt r8, r12, r4, r8\n\t"
        "smlad r10, r12, r4, r10\n\t"
        "ldrd r11, r12, [r0]\n\t"
        "smlatb r9, r11, r3, r9\n\t"
        "smlad r7, r11, r3, r7\n\t"
        "smlabt r7, r12, r6, r7\n\t"
        "smlad r9, r12, r6, r9\n\t"
        "smlatb r10, r11, r2, r10\n\t"
        "smlad r8, r11, r2, r8\n\t"
        "smlabt r8, r12, r5, r8\n\t"
        "smlad r10, r12, r5, r10\n\t"
        "ldrd r11, r12, [r0, #32]\n\t"
        "smlatb r10, r11, r3, r10\n\t"
        "smlad r8, r11, r3, r8\n\t"
        "smlabt r8, r12, r6, r8\n\t"
        "smlad r10, r12, r6, r10\n\t"
        "ldrd r11, r12, [sp]\n\t"
        "strd r5, r6, [sp, #52]\n\t"
        "ldr r5, [sp, #44]\n\t"
        "and r6, r5, r9, asr #31\n\t"
        "smmla r9, r9, r11, r12\n\t"
        "add r9, r6\n\t"
        "ssat r9, #8, r9, asr #10\n\t"
        "and r6, r5, r7, asr #31\n\t"
        "smmla r7, r7, r11, r12\n\t"
        "add r7, r6\n\t"
        "ssat r7, #8, r7, asr #10\n\t"
        "and r6, r5, r10, asr #31\n\t"
        "smmla r10, r10, r11, r12\n\t"
        "add r10, r6\n\t"
        "ssat r10, #8, r10, asr #10\n\t"
        "and r6, r5, r8, asr #31\n\t"
        "smmla r8, r8, r11, r12\n\t"
        "add r8, r6\n\t"
        "ssat r8, #8, r8, asr #10\n\t"
        "ldrd r5, r6, [sp, #52]\n\t"
        "ldrd r11, r12, [sp, #8]\n\t"
        "strb r9, [lr, r12]\n\t"
        "strb r7, [lr]\n\t"
        "add lr, lr, r11\n\t"
        "strb r10, [lr, r12]\n\t"
        "strb r8, [lr]\n\t"
        "add lr, lr, r11\n\t"
        "ldr r12, [sp, #20]\n\t"
        "cmp r0, r12\n\t"
        "bne 2b\n\t"
        "ldr r7, [sp, #32]\n\t"
        "cmp r7, #0\n\t"
        "beq 4f\n\t"
        "ldr r7, [sp, #40]\n\t"
        "ldrd r11, r12, [r0]\n\t"
        "smlatb r9, r11, r1, r7\n\t"
        "smlad r7, r11, r1, r7\n\t"
        "smlabt r7, r12, r4, r7\n\t"
        "smlad r9, r12, r4, r9\n\t"
        "ldrd r11, r12, [r0, #32]\n\t"
        "smlatb r9, r11, r2, r9\n\t"
        "smlad r7, r11, r2, r7\n\t"
        "smlabt r7, r12, r5, r7\n\t"
        "smlad r9, r12, r5, r9\n\t"
        "ldrd r11, r12, [r0, #64]\n\t"
        "smlatb r9, r11, r3, r9\n\t"
        "smlad r7, r11, r3, r7\n\t"
        "smlabt r7, r12, r6, r7\n\t"
        "smlad r9, r12, r6, r9\n\t"
        "ldrd r11, r12, [sp]\n\t"
        "ldr r5, [sp, #44]\n\t"
        "and r6, r5, r9, asr #31\n\t"
        "smmla r9, r9, r11, r12\n\t"
        "add r9, r6\n\t"
        "ssat r9, #8, r9, asr #10\n\t"
        "and r6, r5, r7, asr #31\n\t"
        "smmla r7, r7, r11, r12\n\t"
        "add r7, r6\n\t"
        "ssat r7, #8, r7, asr #10\n\t"
        "ldr r12, [sp, #12]\n\t"
        "strb r9, [lr, r12]\n\t"
        "strb r7, [lr]\n\t"
        "4:\n\t"
        "ldrd r0, r11, [sp, #16]\n\t"
        "adds r0, r0, #8\n\t"
        "add r11, r11, #8\n\t"
        "strd r0, r11, [sp, #16]\n\t"
        "ldr r12, [sp, #36]\n\t"
        "ldr r11, [sp, #28]\n\t"
        "cmp r12, r11\n\t"
        "bne 1b\n\t"
        "add sp, sp, #60\n\t"
        "pop {r4-r11, pc}\n\t"
    );
}
#else
static inline int8_t dw_unpack_int8_dsp_depthwise3x3_rows0_bias_tie_r10_requantize(int32_t acc, const int32_t *r)
{
    int32_t value = eg_smmla(acc, r[0], r[1]);
    value += (acc < 0) ? r[2] : 0;
    value >>= 10;
    return eg_saturate8(value, -128, 127);
}

static DW_UNPACK_INT8_HOT_SECTION void dw_unpack_int8_dsp_depthwise3x3_rows0_bias_tie_r10(const uint32_t *buffer, const int32_t *weights, int8_t *y, const struct eg_depthwise_rows *block)
{
    const int32_t columns = (block->even_bytes / 32) + block->odd;
    for (const int32_t *w = weights; w != block->end; w += 10) {
        for (int32_t column = 0; column < columns; column++) {
            const uint32_t *in = &buffer[8 * column];
            int32_t acc0 = w[6];
            int32_t acc1 = acc0;
            for (int32_t x = 0; x < 3; x++) {
                const uint32_t upper = in[(8 * x) + 0];
                const uint32_t lower = in[(8 * x) + 1];
                acc0 = eg_smlad(upper, (uint32_t)w[x], acc0) + (eg_low16(lower) * eg_high16((uint32_t)w[3 + x]));
                acc1 = eg_smlad(lower, (uint32_t)w[3 + x], acc1) + (eg_high16(upper) * eg_low16((uint32_t)w[x]));
            }
            y[(column * block->step) + block->row_bytes] = dw_unpack_int8_dsp_depthwise3x3_rows0_bias_tie_r10_requantize(acc1, &w[7]);
            y[column * block->step] = dw_unpack_int8_dsp_depthwise3x3_rows0_bias_tie_r10_requantize(acc0, &w[7]);
        }
        buffer += 2;
        y++;
    }
}
#endif

/* Two output rows of up to four channels, 3x3 with stride 1. buffer: [column][channel][slot] of row pairs; slot 1 * holds the upper pair. weights, per channel: (w0 | w1 << 16)[3], (w1 | w2 << 16)[3], times 2^8, bias,
 * multiplier, constant, third. */
#if EG_HAS_DSP
static DW_UNPACK_INT8_HOT_SECTION EG_NAKED void dw_unpack_int8_dsp_depthwise3x3_rows1_bias_tie_r10(EG_UNUSED const uint32_t *buffer, EG_UNUSED const int32_t *weights, EG_UNUSED int8_t *y,
    EG_UNUSED const struct eg_depthwise_rows *block)
{
    __asm__ volatile(
        "push {r4-r11, lr}\n\t"
        "sub sp, sp, #60\n\t"
        "ldm r3, {r4-r8}\n\t"
        "strd r4, r5, [sp, #8]\n\t"
        "add r6, r0, r6\n\t"
        "strd r0, r6, [sp, #16]\n\t"
        "strd r2, r8, [sp, #24]\n\t"
        "str r7, [sp, #32]\n\t"
        "mov r12, r1\n\t"
        "1:\n\t"
        "ldm r12!, {r1-r10}\n\t"
        "str r10, [sp, #44]\n\t"
        "str r7, [sp, #40]\n\t"
        "strd r8, r9, [sp]\n\t"
        "str r12, [sp, #36]\n\t"
        "ldr lr, [sp, #24]\n\t"
        "add r12, lr, #1\n\t"
        "str r12, [sp, #24]\n\t"
        "2:\n\t"
        "ldr r8, [sp, #40]\n\t"
        "ldrd r11, r12, [r0], #32\n\t"
        "smlatb r9, r12, r1, r8\n\t"
        "smlad r7, r12, r1, r8\n\t"
        "smlabt r7, r11, r4, r7\n\t"
        "smlad r9, r11, r4, r9\n\t"
        "ldrd r11, r12, [r0], #32\n\t"
        "smlatb r9, r12, r2, r9\n\t"
        "smlad r7, r12, r2, r7\n\t"
        "smlabt r7, r11, r5, r7\n\t"
        "smlad r9, r11, r5, r9\n\t"
        "smlatb r10, r12, r1, r8\n\t"
        "smlad r8, r12, r1, r8\n\t"
        "smlabt r8, r11, r4, r8\n\t"
        "smlad r10, r11, r4, r10\n\t"
        "ldrd r11, r12, [r0]\n\t"
        "smlatb r9, r12, r3, r9\n\t"
        "smlad r7, r12, r3, r7\n\t"
        "smlabt r7, r11, r6, r7\n\t"
        "smlad r9, r11, r6, r9\n\t"
        "smlatb r10, r12, r2, r10\n\t"
        "smlad r8, r12, r2, r8\n\t"
        "smlabt r8, r11, r5, r8\n\t"
        "smlad r10, r11, r5, r10\n\t"
        "ldrd r11, r12, [r0, #32]\n\t"
        "smlatb r10, r12, r3, r10\n\t"
        "smlad r8, r12, r3, r8\n\t"
        "smlabt r8, r11, r6, r8\n\t"
        "smlad r10, r11, r6, r10\n\t"
        "ldrd r11, r12, [sp]\n\t"
        "strd r5, r6, [sp, #52]\n\t"
        "ldr r5, [sp, #44]\n\t"
        "and r6, r5, r9, asr #31\n\t"
        "smmla r9, r9, r11, r12\n\t"
        "add r9, r6\n\t"
        "ssat r9, #8, r9, asr #10\n\t"
        "and r6, r5, r7, asr #31\n\t"
        "smmla r7, r7, r11, r12\n\t"
        "add r7, r6\n\t"
        "ssat r7, #8, r7, asr #10\n\t"
        "and r6, r5, r10, asr #31\n\t"
        "smmla r10, r10, r11, r12\n\t"
        "add r10, r6\n\t"
        "ssat r10, #8, r10, asr #10\n\t"
        "and r6, r5, r8, asr #31\n\t"
        "smmla r8, r8, r11, r12\n\t"
        "add r8, r6\n\t"
        "ssat r8, #8, r8, asr #10\n\t"
        "ldrd r5, r6, [sp, #52]\n\t"
        "ldrd r11, r12, [sp, #8]\n\t"
        "strb r9, [lr, r12]\n\t"
        "strb r7, [lr]\n\t"
        "add lr, lr, r11\n\t"
        "strb r10, [lr, r12]\n\t"
        "strb r8, [lr]\n\t"
        "add lr, lr, r11\n\t"
        "ldr r12, [sp, #20]\n\t"
        "cmp r0, r12\n\t"
        "bne 2b\n\t"
        "ldr r7, [sp, #32]\n\t"
        "cmp r7, #0\n\t"
        "beq 4f\n\t"
        "ldr r7, [sp, #40]\n\t"
        "ldrd r11, r12, [r0]\n\t"
        "smlatb r9, r12, r1, r7\n\t"
        "smlad r7, r12, r1, r7\n\t"
        "smlabt r7, r11, r4, r7\n\t"
        "smlad r9, r11, r4, r9\n\t"
        "ldrd r11, r12, [r0, #32]\n\t"
        "smlatb r9, r12, r2, r9\n\t"
        "smlad r7, r12, r2, r7\n\t"
        "smlabt r7, r11, r5, r7\n\t"
        "smlad r9, r11, r5, r9\n\t"
        "ldrd r11, r12, [r0, #64]\n\t"
        "smlatb r9, r12, r3, r9\n\t"
        "smlad r7, r12, r3, r7\n\t"
        "smlabt r7, r11, r6, r7\n\t"
        "smlad r9, r11, r6, r9\n\t"
        "ldrd r11, r12, [sp]\n\t"
        "ldr r5, [sp, #44]\n\t"
        "and r6, r5, r9, asr #31\n\t"
        "smmla r9, r9, r11, r12\n\t"
        "add r9, r6\n\t"
        "ssat r9, #8, r9, asr #10\n\t"
        "and r6, r5, r7, asr #31\n\t"
        "smmla r7, r7, r11, r12\n\t"
        "add r7, r6\n\t"
        "ssat r7, #8, r7, asr #10\n\t"
        "ldr r12, [sp, #12]\n\t"
        "strb r9, [lr, r12]\n\t"
        "strb r7, [lr]\n\t"
        "4:\n\t"
        "ldrd r0, r11, [sp, #16]\n\t"
        "adds r0, r0, #8\n\t"
        "add r11, r11, #8\n\t"
        "strd r0, r11, [sp, #16]\n\t"
        "ldr r12, [sp, #36]\n\t"
        "ldr r11, [sp, #28]\n\t"
        "cmp r12, r11\n\t"
        "bne 1b\n\t"
        "add sp, sp, #60\n\t"
        "pop {r4-r11, pc}\n\t"
    );
}
#else
static inline int8_t dw_unpack_int8_dsp_depthwise3x3_rows1_bias_tie_r10_requantize(int32_t acc, const int32_t *r)
{
    int32_t value = eg_smmla(acc, r[0], r[1]);
    value += (acc < 0) ? r[2] : 0;
    value >>= 10;
    return eg_saturate8(value, -128, 127);
}

static DW_UNPACK_INT8_HOT_SECTION void dw_unpack_int8_dsp_depthwise3x3_rows1_bias_tie_r10(const uint32_t *buffer, const int32_t *weights, int8_t *y, const struct eg_depthwise_rows *block)
{
    const int32_t columns = (block->even_bytes / 32) + block->odd;
    for (const int32_t *w = weights; w != block->end; w += 10) {
        for (int32_t column = 0; column < columns; column++) {
            const uint32_t *in = &buffer[8 * column];
            int32_t acc0 = w[6];
            int32_t acc1 = acc0;
            for (int32_t x = 0; x < 3; x++) {
                const uint32_t upper = in[(8 * x) + 1];
                const uint32_t lower = in[(8 * x) + 0];
                acc0 = eg_smlad(upper, (uint32_t)w[x], acc0) + (eg_low16(lower) * eg_high16((uint32_t)w[3 + x]));
                acc1 = eg_smlad(lower, (uint32_t)w[3 + x], acc1) + (eg_high16(upper) * eg_low16((uint32_t)w[x]));
            }
            y[(column * block->step) + block->row_bytes] = dw_unpack_int8_dsp_depthwise3x3_rows1_bias_tie_r10_requantize(acc1, &w[7]);
            y[column * block->step] = dw_unpack_int8_dsp_depthwise3x3_rows1_bias_tie_r10_requantize(acc0, &w[7]);
        }
        buffer += 2;
        y++;
    }
}
#endif

struct dw_unpack_int8_dsp_depthwise3x3_block_params {
    eg_rows_tile tile0;
    eg_rows_tile tile1;
    int32_t even_bytes;
    int32_t advance;
    int32_t last_row_bytes;
    int16_t pairs;
    int16_t in_h;
    int16_t in_w;
    int16_t channels;
    int16_t out_w;
    int16_t record;
    int8_t pad_top;
    int8_t pad_left;
    int8_t pad_right;
    int8_t pad_value;
};

/* Rows `row` and row + 1 of four channels; rows outside the input are padding. */
static DW_UNPACK_INT8_HOT_SECTION EG_NOINLINE void dw_unpack_int8_dsp_depthwise3x3_block_pair(const struct dw_unpack_int8_dsp_depthwise3x3_block_params *p, const int8_t *x, int32_t row, uint32_t *to)
{
    const uint32_t padding = (uint32_t)(uint8_t)p->pad_value * 0x01010101U;
    const int32_t bytes = p->in_w * p->channels;
    const int8_t *rows[2];
    int32_t steps[2];
    for (int32_t i = 0; i < 2; i++) {
        const int inside = ((row + i) >= 0) && ((row + i) < p->in_h);
        rows[i] = inside ? &x[(row + i) * bytes] : (const int8_t *)&padding;
        steps[i] = inside ? p->channels : 0;
    }
    dw_unpack_int8_dsp_row_pairs(rows[0], rows[1], to, &to[8 * p->in_w], steps[0], steps[1]);
}

/* Padding everywhere in the buffer; what is not padding is overwritten. */
static DW_UNPACK_INT8_HOT_SECTION EG_NOINLINE void dw_unpack_int8_dsp_depthwise3x3_block_fill(const struct dw_unpack_int8_dsp_depthwise3x3_block_params *p, uint32_t *buffer)
{
    const int32_t padded = 8 * (p->pad_left + p->in_w + p->pad_right);
    for (int32_t i = 0; i < padded; i++) {
        buffer[i] = eg_pack16(p->pad_value, p->pad_value);
    }
}

/* depthwise_conv2d 3x3, four channels from `channel` on: rows become words of two neighbouring rows once, in a ring of two
 * slots, then every output takes six multiplications. In place where the shapes are equal. weights: of these channels.
 * work: 32 bytes a padded column. */
static DW_UNPACK_INT8_HOT_SECTION EG_NOINLINE void dw_unpack_int8_dsp_depthwise3x3_block(
    const void *params, const int32_t *weights, const int8_t *x, int8_t *y, void *work, int32_t channel)
{
    const struct dw_unpack_int8_dsp_depthwise3x3_block_params *const p = (const struct dw_unpack_int8_dsp_depthwise3x3_block_params *)params;
    uint32_t *const buffer = (uint32_t *)work;
    uint32_t *const columns = &buffer[8 * p->pad_left];
    uint32_t *const ends = &columns[8 * p->in_w];
    const int32_t step = p->channels;
    const int32_t bytes = p->in_w * step;
    const int32_t last_pair = p->in_h - 2; /* from 0 to here a pair has no padding */
    /* The last block starts early enough to end with the last channel, and leaves out those that are done. */
    const int32_t done = (channel > (step - 4)) ? (channel - (step - 4)) : 0;
    const int8_t *const in = &x[channel - done];
    const int8_t *a = in; /* the first row of the next pair without padding */
    struct eg_depthwise_rows rows = {
        step, p->out_w * step, p->even_bytes, p->out_w & 1, &weights[(4 - done) * p->record]
    };
    int8_t *out = &y[channel];
    uint32_t slot = 0;
    int32_t pair = -p->pad_top;
    int32_t left = p->pairs;
    if (channel == 0) {
        dw_unpack_int8_dsp_depthwise3x3_block_fill(p, buffer);
    }
    dw_unpack_int8_dsp_depthwise3x3_block_pair(p, in, pair, columns);
    pair += 2;
    if (pair > 0) {
        a = &in[pair * bytes];
    }
    do {
        const eg_rows_tile tile = (slot == 0U) ? p->tile0 : p->tile1;
        slot ^= 1U;
        if ((pair >= 0) && (pair <= last_pair)) {
            dw_unpack_int8_dsp_row_pairs(a, &a[bytes], &columns[slot], &ends[slot], step, step);
            a += 2 * bytes;
        } else {
            dw_unpack_int8_dsp_depthwise3x3_block_pair(p, in, pair, &columns[slot]);
        }
        pair += 2;
        left--;
        if (left == 0) {
            rows.row_bytes = p->last_row_bytes;
        }
        tile(&buffer[2 * done], weights, out, &rows);
        out += p->advance;
    } while (left != 0);
}

/* `count` channels' decoded weights, nine of each, and their constants as the tiles of stride 1 read them. */
static DW_UNPACK_INT8_HOT_SECTION EG_NOINLINE void dw_unpack_int8_dsp_depthwise3x3s1_place(
    const int16_t *layer, const int8_t *w, const int16_t *constants, int32_t count, int32_t *to)
{
    const int32_t scale = layer[EG_SCALE];
    int32_t found[4];
    for (; count > 0; count--) {
        const int32_t w0 = w[0] * scale;
        const int32_t w1 = w[1] * scale;
        const int32_t w2 = w[2] * scale;
        const int32_t w3 = w[3] * scale;
        const int32_t w4 = w[4] * scale;
        const int32_t w5 = w[5] * scale;
        const int32_t w6 = w[6] * scale;
        const int32_t w7 = w[7] * scale;
        const int32_t w8 = w[8] * scale;
        to[0] = (int32_t)eg_pack16(w0, w3);
        to[1] = (int32_t)eg_pack16(w1, w4);
        to[2] = (int32_t)eg_pack16(w2, w5);
        to[3] = (int32_t)eg_pack16(w3, w6);
        to[4] = (int32_t)eg_pack16(w4, w7);
        to[5] = (int32_t)eg_pack16(w5, w8);
        to += 6;
        constants = eg_constants(layer, constants, w0 + w1 + w2 + w3 + w4 + w5 + w6 + w7 + w8, found);
        if (layer[EG_BIAS] != 0) {
            *to++ = found[0];
        }
        *to++ = found[1];
        *to++ = found[2];
        if (layer[EG_MORE] > 2) {
            *to++ = found[3];
        }
        w += 9;
    }
}

struct dw_unpack_int8_depthwise_conv2d_s8_unpack_int8_params {
    eg_channels block;
    eg_place place;
    int32_t records_at;
    int16_t head;
    int16_t step;
    int16_t channels;
    int16_t group;
    int16_t words;
    int16_t rest;
};

/* depthwise_conv2d, w is int8: rows of four channels' weights, those of a channel together, are made into what the tile
 * reads, in the workspace behind its own, p->group blocks at a time. */
static DW_UNPACK_INT8_HOT_SECTION EG_NOINLINE void dw_unpack_int8_depthwise_conv2d_s8_unpack_int8(const struct dw_unpack_int8_depthwise_conv2d_s8_unpack_int8_params *p, const void *q,
    const int8_t *weights,
    const int16_t *constants, const int8_t *x, int8_t *y, void *work)
{
    int8_t *const patch = (int8_t *)work;
    int32_t *const records = (int32_t *)(void *)(patch + p->records_at);
    const int16_t *const channels = &constants[p->head];
    const int32_t count = 4 * constants[EG_TAPS];
    int32_t held = 0;
    for (int32_t row = 0; (4 * row) < p->channels; row++) {
        const int32_t left = p->channels - (4 * row);
        const int8_t *const out = &weights[row * count];
        p->place(constants, out, &channels[row * p->step], (left < 4) ? p->rest : 4, &records[held * p->words]);
        held++;
        if ((held == p->group) || (left <= 4)) {
            p->block(q, records, x, y, work, 4 * (row + 1 - held));
            held = 0;
        }
    }
}

/* 0: depthwise_conv2d from DEPTHWISE_CONV_2D #1 'depthwise' in tiny.tflite
 * int8[1x6x6x8] to int8[1x6x6x8]; kernel unpack, format int8 */
static DW_UNPACK_INT8_HOT_SECTION EG_NOINLINE void dw_unpack_int8_n00_depthwise_conv2d(const int8_t *x, int8_t *y, void *work)
{
    static const struct dw_unpack_int8_depthwise_conv2d_s8_unpack_int8_params p = {
        .block = dw_unpack_int8_dsp_depthwise3x3_block,
        .place = dw_unpack_int8_dsp_depthwise3x3s1_place,
        .records_at = 256,
        .head = 10,
        .step = 12,
        .channels = 8,
        .group = 1,
        .words = 40,
        .rest = 0,
    };
    static const struct dw_unpack_int8_dsp_depthwise3x3_block_params q = {
        .tile0 = dw_unpack_int8_dsp_depthwise3x3_rows0_bias_tie_r10,
        .tile1 = dw_unpack_int8_dsp_depthwise3x3_rows1_bias_tie_r10,
        .even_bytes = 192,
        .advance = 96,
        .last_row_bytes = 48,
        .pairs = 3,
        .in_h = 6,
        .in_w = 6,
        .channels = 8,
        .out_w = 6,
        .record = 10,
        .pad_top = 1,
        .pad_left = 1,
        .pad_right = 1,
        .pad_value = 3,
    };
    dw_unpack_int8_depthwise_conv2d_s8_unpack_int8(&p, &q, dw_unpack_int8_n00_depthwise_conv2d_weights, dw_unpack_int8_n00_depthwise_conv2d_constants, x, y, work);
}

DW_UNPACK_INT8_HOT_SECTION
