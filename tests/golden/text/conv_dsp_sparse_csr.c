static const uint8_t conv_dsp_sparse_csr_n00_conv2d_entries[26] EG_ALIGN(8) CONV_DSP_SPARSE_CSR_WEIGHTS_SECTION = {
    4U, 137U, 3U, 114U, 0U, 37U, 4U, 93U, 2U, 86U, 1U, 10U, 5U, 206U, 6U, 1U, 3U, 200U,
    5U, 11U, 2U, 199U, 3U, 120U, 2U, 4U,
};

static const int32_t conv_dsp_sparse_csr_n00_conv2d_channels[64] EG_ALIGN(8) CONV_DSP_SPARSE_CSR_WEIGHTS_SECTION = {
    4, 9502937, 1358984841, 1, -7518208, 1099511628, 57376, -32,
    0, 12648737, 285212672, -1, -61184, 0, -1, 32769,
    8, 6357137, 2030043136, -2, -7505664, 1319413953, 57396, -92,
    2, 11075837, 905982414, -1, -1677312, 1429365116, 57406, -121,
    2, 11075837, -1459617792, -1, -55040, 1539316279, 55508, 1719,
    2, 11075837, 973092808, 1, -1740288, 1649267442, 57393, -82,
    4, 9502937, -822069049, -1, -2226176, 1759218604, 57396, -92,
    4, 9502937, 1728053248, -2, -4167936, 1869169767, 57406, -121,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef CONV_DSP_SPARSE_CSR_HOT_SECTION
#define CONV_DSP_SPARSE_CSR_HOT_SECTION
#endif

/* Bytes of 8 or 4 positions -> per column a word of each two: (x0 + 128) + 2^24 x1. Columns are 4 words apart. */
static CONV_DSP_SPARSE_CSR_HOT_SECTION EG_NOINLINE void conv_dsp_sparse_csr_dsp_sparse_planes(const int8_t *from, int32_t step, int32_t positions, int32_t groups, uint32_t *planes)
{
    for (int32_t n = 0; n < positions; n += 2) {
        const int8_t *a = &from[n * step];
        const int8_t *b = &a[step];
        uint32_t *to = &planes[n / 2];
        for (int32_t g = 0; g < groups; g++) {
            const uint32_t u = eg_load_word(a) ^ 0x80808080U;
            const uint32_t v = eg_load_word(b);
            to[0] = (u & 0xFFU) | (v << 24);
            to[4] = ((u >> 8) & 0xFFU) | (((v >> 8) & 0xFFU) << 24);
            to[8] = ((u >> 16) & 0xFFU) | (((v >> 16) & 0xFFU) << 24);
            to[12] = (u >> 24) | (v & 0xFF000000U);
            a += 4;
            b += 4;
            to += 16;
        }
    }
}

/* All output channels of 8 positions: r4-r11 hold 64-bit sums, each of two positions. */
#if EG_HAS_DSP
EG_NAKED static CONV_DSP_SPARSE_CSR_HOT_SECTION void conv_dsp_sparse_csr_dsp_sparse_tie14_8(EG_UNUSED const uint32_t *planes, EG_UNUSED const struct eg_sparse *weights, EG_UNUSED int8_t *y)
{
    __asm__ volatile(
        ".syntax unified\n"
        " push {r4-r11, lr}\n"
        " sub sp, sp, #28\n" /* planes, channel, end of its entries, y, step, end of the channels */
        " ldm r1, {r3, r4, r5, r6}\n"
        " strd r0, r4, [sp]\n"
        " strd r2, r6, [sp, #12]\n"
        " str r5, [sp, #20]\n"
        " mov r0, r3\n"
        "1:\n"
        " ldrd r12, r3, [sp]\n"
        " ldm r3!, {r1, r2, r4, r5}\n"
        " add r1, r0, r1\n"
        " strd r3, r1, [sp, #4]\n"
        " mov r6, r4\n"
        " mov r7, r5\n"
        " mov r8, r4\n"
        " mov r9, r5\n"
        " mov r10, r4\n"
        " mov r11, r5\n"
        " uxth r2, r2\n"
        " add r2, pc\n" /* pc: 2f */
        " bx r2\n"
        "2:\n"
        " .rept 8\n"
        " ldrb r3, [r0], #1\n"
        " ldrsb lr, [r0], #1\n"
        " add.w r12, r12, r3, lsl #4\n"
        " ldrd r1, r2, [r12]\n"
        " smlal r4, r5, r1, lr\n"
        " smlal r6, r7, r2, lr\n"
        " ldrd r1, r2, [r12, #8]\n"
        " smlal r8, r9, r1, lr\n"
        " smlal r10, r11, r2, lr\n"
        " .endr\n"
        " ldr r1, [sp, #8]\n"
        " cmp r0, r1\n"
        " bne.w 2b\n"
        " ldr lr, [sp, #4]\n"
        " ldm lr!, {r1, r2, r3, r12}\n"
        " str lr, [sp, #4]\n"
        " lsr lr, r4, #24\n"
        " orr r5, lr, r5, lsl #8\n"
        " lsl r5, r5, #8\n"
        " add r4, r1, r4, lsl #8\n"
        " and lr, r12, r4, asr #31\n"
        " smmla r4, r4, r2, lr\n"
        " add r4, r4, r3\n"
        " ssat r4, #8, r4, asr #14\n"
        " and lr, r12, r5, asr #31\n"
        " smmla r5, r5, r2, lr\n"
        " add r5, r5, r3\n"
        " ssat r5, #8, r5, asr #14\n"
        " lsr lr, r6, #24\n"
        " orr r7, lr, r7, lsl #8\n"
        " lsl r7, r7, #8\n"
        " add r6, r1, r6, lsl #8\n"
        " and lr, r12, r6, asr #31\n"
        " smmla r6, r6, r2, lr\n"
        " add r6, r6, r3\n"
        " ssat r6, #8, r6, asr #14\n"
        " and lr, r12, r7, asr #31\n"
        " smmla r7, r7, r2, lr\n"
        " add r7, r7, r3\n"
        " ssat r7, #8, r7, asr #14\n"
        " lsr lr, r8, #24\n"
        " orr r9, lr, r9, lsl #8\n"
        " lsl r9, r9, #8\n"
        " add r8, r1, r8, lsl #8\n"
        " and lr, r12, r8, asr #31\n"
        " smmla r8, r8, r2, lr\n"
        " add r8, r8, r3\n"
        " ssat r8, #8, r8, asr #14\n"
        " and lr, r12, r9, asr #31\n"
        " smmla r9, r9, r2, lr\n"
        " add r9, r9, r3\n"
        " ssat r9, #8, r9, asr #14\n"
        " lsr lr, r10, #24\n"
        " orr r11, lr, r11, lsl #8\n"
        " lsl r11, r11, #8\n"
        " add r10, r1, r10, lsl #8\n"
        " and lr, r12, r10, asr #31\n"
        " smmla r10, r10, r2, lr\n"
        " add r10, r10, r3\n"
        " ssat r10, #8, r10, asr #14\n"
        " and lr, r12, r11, asr #31\n"
        " smmla r11, r11, r2, lr\n"
        " add r11, r11, r3\n"
        " ssat r11, #8, r11, asr #14\n"
        " ldrd r1, r2, [sp, #12]\n"
        " add r3, r2, r2, lsl #1\n"
        " strb r4, [r1]\n"
        " strb r5, [r1, r2]\n"
        " strb.w r6, [r1, r2, lsl #1]\n"
        " strb r7, [r1, r3]\n"
        " add r12, r1, r2, lsl #2\n"
        " strb.w r8, [r12]\n"
        " strb.w r9, [r12, r2]\n"
        " strb.w r10, [r12, r2, lsl #1]\n"
        " strb.w r11, [r12, r3]\n"
        " adds r1, r1, #1\n"
        " str r1, [sp, #12]\n"
        " ldr r1, [sp, #4]\n"
        " ldr r2, [sp, #20]\n"
        " cmp r1, r2\n"
        " bne.w 1b\n"
        " add sp, sp, #28\n"
        " pop {r4-r11, pc}\n");
}
#else
static CONV_DSP_SPARSE_CSR_HOT_SECTION void conv_dsp_sparse_csr_dsp_sparse_tie14_8(const uint32_t *planes, const struct eg_sparse *weights, int8_t *y)
{
    const uint8_t *entry = weights->entries;
    int8_t *out = y;
    for (const int32_t *channel = weights->channels; channel != weights->end; channel += 8) {
        const int32_t bytes = channel[0];
        const int32_t *const w = &channel[5];
        for (int32_t pair = 0; pair < 4; pair++) {
            const uint32_t *at = &planes[pair];
            int64_t sum = (int64_t)(((uint64_t)(uint32_t)channel[3] << 32) | (uint32_t)channel[2]);
            for (int32_t i = 0; i < bytes; i += 2) {
                at += 4 * (int32_t)entry[i];
                sum += (int64_t)(int32_t)*at * (int8_t)entry[i + 1];
            }
            for (int32_t lane = 0; lane < 2; lane++) {
                const uint32_t low = ((uint32_t)(uint64_t)sum << 8) + (uint32_t)channel[4];
                const int32_t acc = (lane == 0) ? (int32_t)low : (int32_t)((uint32_t)((uint64_t)sum >> 24) << 8);
                const int32_t value = eg_smmla(acc, w[0], eg_add(w[1], (acc < 0) ? w[2] : 0)) >> 14;
                out[((2 * pair) + lane) * weights->step] = eg_saturate8(value, -128, 127);
            }
        }
        entry += bytes;
        out++;
    }
}
#endif

/* All output channels of 4 positions: r4-r7 hold 64-bit sums, each of two positions. */
#if EG_HAS_DSP
EG_NAKED static CONV_DSP_SPARSE_CSR_HOT_SECTION void conv_dsp_sparse_csr_dsp_sparse_tie14_4(EG_UNUSED const uint32_t *planes, EG_UNUSED const struct eg_sparse *weights, EG_UNUSED int8_t *y)
{
    __asm__ volatile(
        ".syntax unified\n"
        " push {r4-r11, lr}\n"
        " sub sp, sp, #28\n" /* planes, channel, end of its entries, y, step, end of the channels */
        " ldm r1, {r3, r4, r5, r6}\n"
        " strd r0, r4, [sp]\n"
        " strd r2, r6, [sp, #12]\n"
        " str r5, [sp, #20]\n"
        " mov r0, r3\n"
        "1:\n"
        " ldrd r12, r3, [sp]\n"
        " ldm r3!, {r1, r2, r4, r5}\n"
        " add r1, r0, r1\n"
        " strd r3, r1, [sp, #4]\n"
        " mov r6, r4\n"
        " mov r7, r5\n"
        " lsrs r2, r2, #16\n"
        " add r2, pc\n" /* pc: 2f */
        " bx r2\n"
        "2:\n"
        " .rept 8\n"
        " ldrb r3, [r0], #1\n"
        " ldrsb lr, [r0], #1\n"
        " add.w r12, r12, r3, lsl #4\n"
        " ldrd r1, r2, [r12]\n"
        " smlal r4, r5, r1, lr\n"
        " smlal r6, r7, r2, lr\n"
        " .endr\n"
        " ldr r1, [sp, #8]\n"
        " cmp r0, r1\n"
        " bne.w 2b\n"
        " ldr lr, [sp, #4]\n"
        " ldm lr!, {r1, r2, r3, r12}\n"
        " str lr, [sp, #4]\n"
        " lsr lr, r4, #24\n"
        " orr r5, lr, r5, lsl #8\n"
        " lsl r5, r5, #8\n"
        " add r4, r1, r4, lsl #8\n"
        " and lr, r12, r4, asr #31\n"
        " smmla r4, r4, r2, lr\n"
        " add r4, r4, r3\n"
        " ssat r4, #8, r4, asr #14\n"
        " and lr, r12, r5, asr #31\n"
        " smmla r5, r5, r2, lr\n"
        " add r5, r5, r3\n"
        " ssat r5, #8, r5, asr #14\n"
        " lsr lr, r6, #24\n"
        " orr r7, lr, r7, lsl #8\n"
        " lsl r7, r7, #8\n"
        " add r6, r1, r6, lsl #8\n"
        " and lr, r12, r6, asr #31\n"
        " smmla r6, r6, r2, lr\n"
        " add r6, r6, r3\n"
        " ssat r6, #8, r6, asr #14\n"
        " and lr, r12, r7, asr #31\n"
        " smmla r7, r7, r2, lr\n"
        " add r7, r7, r3\n"
        " ssat r7, #8, r7, asr #14\n"
        " ldrd r1, r2, [sp, #12]\n"
        " add r3, r2, r2, lsl #1\n"
        " strb r4, [r1]\n"
        " strb r5, [r1, r2]\n"
        " strb.w r6, [r1, r2, lsl #1]\n"
        " strb r7, [r1, r3]\n"
        " adds r1, r1, #1\n"
        " str r1, [sp, #12]\n"
        " ldr r1, [sp, #4]\n"
        " ldr r2, [sp, #20]\n"
        " cmp r1, r2\n"
        " bne.w 1b\n"
        " add sp, sp, #28\n"
        " pop {r4-r11, pc}\n");
}
#else
static CONV_DSP_SPARSE_CSR_HOT_SECTION void conv_dsp_sparse_csr_dsp_sparse_tie14_4(const uint32_t *planes, const struct eg_sparse *weights, int8_t *y)
{
    const uint8_t *entry = weights->entries;
    int8_t *out = y;
    for (const int32_t *channel = weights->channels; channel != weights->end; channel += 8) {
        const int32_t bytes = channel[0];
        const int32_t *const w = &channel[5];
        for (int32_t pair = 0; pair < 2; pair++) {
            const uint32_t *at = &planes[pair];
            int64_t sum = (int64_t)(((uint64_t)(uint32_t)channel[3] << 32) | (uint32_t)channel[2]);
            for (int32_t i = 0; i < bytes; i += 2) {
                at += 4 * (int32_t)entry[i];
                sum += (int64_t)(int32_t)*at * (int8_t)entry[i + 1];
            }
            for (int32_t lane = 0; lane < 2; lane++) {
                const uint32_t low = ((uint32_t)(uint64_t)sum << 8) + (uint32_t)channel[4];
                const int32_t acc = (lane == 0) ? (int32_t)low : (int32_t)((uint32_t)((uint64_t)sum >> 24) << 8);
                const int32_t value = eg_smmla(acc, w[0], eg_add(w[1], (acc < 0) ? w[2] : 0)) >> 14;
                out[((2 * pair) + lane) * weights->step] = eg_saturate8(value, -128, 127);
            }
        }
        entry += bytes;
        out++;
    }
}
#endif

struct conv_dsp_sparse_csr_conv2d_s8_dsp_sparse_csr_tie14_tail_direct_params {
    int32_t positions;
    int32_t words;
    int16_t in_h;
    int16_t in_w;
    int16_t in_c;
    int16_t out_w;
    int16_t out_c;
    int16_t kernel_h;
    int16_t kernel_w;
    int16_t stride_h;
    int16_t stride_w;
    int16_t dilation_h;
    int16_t dilation_w;
    int16_t pad_top;
    int16_t pad_left;
    int16_t pad_value;
    int16_t groups;
};

/* conv2d over the non-zero weights: blocks of 8 positions; the last 1 to 4 take a block of 4, which may overlap the one before. */
static CONV_DSP_SPARSE_CSR_HOT_SECTION void conv_dsp_sparse_csr_conv2d_s8_dsp_sparse_csr_tie14_tail_direct(const struct conv_dsp_sparse_csr_conv2d_s8_dsp_sparse_csr_tie14_tail_direct_params *p, const uint8_t *entries, const int32_t *channels, const int8_t *x, int8_t *y,
    void *work)
{
    uint32_t *const planes = (uint32_t *)work;
    const struct eg_sparse weights = { entries, channels, &channels[p->words], p->out_c };
    for (int32_t n = 0; n < p->positions; n += 8) {
        const int32_t left = p->positions - n;
        const int32_t size = (left > 4) ? 8 : 4;
        const int32_t first = (left < size) ? p->positions - size : n;
        conv_dsp_sparse_csr_dsp_sparse_planes(&x[first * p->in_c], p->in_c, size, p->groups, planes);
        if (size == 4) {
            conv_dsp_sparse_csr_dsp_sparse_tie14_4(planes, &weights, &y[first * p->out_c]);
        } else {
            conv_dsp_sparse_csr_dsp_sparse_tie14_8(planes, &weights, &y[first * p->out_c]);
        }
    }
}

/* 0: conv2d from CONV_2D #1 'conv' in tiny.tflite
 * int8[1x6x6x8] to int8[1x6x6x8]; kernel dsp_sparse, format csr */
static CONV_DSP_SPARSE_CSR_HOT_SECTION EG_NOINLINE void conv_dsp_sparse_csr_n00_conv2d(const int8_t *x, int8_t *y, void *work)
{
    static const struct conv_dsp_sparse_csr_conv2d_s8_dsp_sparse_csr_tie14_tail_direct_params p = {
        .positions = 36,
        .words = 64,
        .in_h = 6,
        .in_w = 6,
        .in_c = 8,
        .out_w = 6,
        .out_c = 8,
        .kernel_h = 1,
        .kernel_w = 1,
        .stride_h = 1,
        .stride_w = 1,
        .dilation_h = 1,
        .dilation_w = 1,
        .pad_top = 0,
        .pad_left = 0,
        .pad_value = 3,
        .groups = 2,
    };
    conv_dsp_sparse_csr_conv2d_s8_dsp_sparse_csr_tie14_tail_direct(&p, conv_dsp_sparse_csr_n00_conv2d_entries, conv_dsp_sparse_csr_n00_conv2d_channels, x, y, work);
}

CONV_DSP_SPARSE_CSR_HOT_SECTION
