static const int32_t conv_dsp_sparse_csr_n00_conv2d_stream[77] EG_ALIGN(8) CONV_DSP_SPARSE_CSR_WEIGHTS_SECTION = {
    8, 216, 1358984841, 1, 4259721, 7340146, -7518208, 1099511628,
    57376, -32, 0, 288, 285212672, -1, -61184, 0,
    -1, 32769, 16, 144, 2030043136, -2, 37, 4194397,
    6291542, 7340042, -7505664, 1319413953, 57396, -92, 4, 252,
    905982414, -1, 5308366, -1677312, 1429365116, 57406, -121, 4,
    252, -1459617792, -1, 6291457, -55040, 1539316279, 55508, 1719,
    4, 252, 973092808, 1, 3211208, -1740288, 1649267442, 57393,
    -82, 8, 216, -822069049, -1, 5242891, 7405511, -2226176,
    1759218604, 57396, -92, 8, 216, 1728053248, -2, 3145848,
    5242884, -4167936, 1869169767, 57406, -121,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef CONV_DSP_SPARSE_CSR_HOT_SECTION
#define CONV_DSP_SPARSE_CSR_HOT_SECTION
#endif

/* Bytes of 8 positions -> per column 4 words of two positions: (x0 + 128) + 2^24 x1. */
static CONV_DSP_SPARSE_CSR_HOT_SECTION EG_NOINLINE void conv_dsp_sparse_csr_dsp_sparse_planes(const int8_t *const at[8], int32_t groups, uint32_t *planes)
{
    uint32_t *to = planes;
    for (int32_t g = 0; g < groups; g++) {
        for (int32_t pair = 0; pair < 4; pair++) {
            const uint32_t a = eg_load_word(&at[2 * pair][4 * g]) ^ 0x80808080U;
            const uint32_t b = eg_load_word(&at[2 * pair + 1][4 * g]);
            to[pair] = (a & 0xFFU) | (b << 24);
            to[4 + pair] = ((a >> 8) & 0xFFU) | ((b << 16) & 0xFF000000U);
            to[8 + pair] = ((a >> 16) & 0xFFU) | ((b << 8) & 0xFF000000U);
            to[12 + pair] = (a >> 24) | (b & 0xFF000000U);
        }
        to += 16;
    }
}

/* All output channels of 8 positions from the stream of non-zero weights: r4-r11 hold four 64-bit sums, each of two positions. */
#if EG_HAS_DSP
EG_NAKED static CONV_DSP_SPARSE_CSR_HOT_SECTION void conv_dsp_sparse_csr_dsp_sparse_tie14(EG_UNUSED const uint32_t *planes, EG_UNUSED const int32_t *stream, EG_UNUSED int8_t *y,
    EG_UNUSED const int32_t *bounds)
{
    __asm__ volatile(
        ".syntax unified\n"
        " push {r4-r11, lr}\n"
        " sub sp, sp, #28\n"
        " ldm r3, {r4, r5}\n" /* step, words of the stream */
        " add r5, r1, r5, lsl #2\n"
        " str r0, [sp]\n" /* sp: planes, end of the channel, stream, y, step, end of the stream */
        " str r2, [sp, #12]\n"
        " strd r4, r5, [sp, #16]\n"
        " mov r0, r1\n"
        "1:\n"
        " ldm r0!, {r1, r2, r4, r5}\n"
        " add r1, r1, r0\n"
        " str r1, [sp, #4]\n"
        " mov r6, r4\n"
        " mov r7, r5\n"
        " mov r8, r4\n"
        " mov r9, r5\n"
        " mov r10, r4\n"
        " mov r11, r5\n"
        " adr.w r1, 2f\n"
        " add r2, r2, r1\n"
        " orr r2, r2, #1\n"
        " bx r2\n"
        " .balign 4\n"
        "2:\n"
        " .rept 8\n"
        " ldr.w lr, [r0], #4\n"
        " ldr.w r12, [sp]\n"
        " uxtah r12, r12, lr, ror #16\n"
        " sxth.w lr, lr\n"
        " ldmia.w r12, {r1, r2, r3, r12}\n"
        " smlal r4, r5, r1, lr\n"
        " smlal r6, r7, r2, lr\n"
        " smlal r8, r9, r3, lr\n"
        " smlal r10, r11, r12, lr\n"
        " .endr\n"
        " ldr r1, [sp, #4]\n"
        " cmp r0, r1\n"
        " bne.w 2b\n"
        " ldm r0!, {r1, r2, r3, r12}\n"
        " str r0, [sp, #8]\n"
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
        " ldrd r0, r2, [sp, #12]\n"
        " add r3, r2, r2, lsl #1\n"
        " strb r4, [r0]\n"
        " strb r5, [r0, r2]\n"
        " strb.w r6, [r0, r2, lsl #1]\n"
        " strb r7, [r0, r3]\n"
        " add r12, r0, r2, lsl #2\n"
        " strb.w r8, [r12]\n"
        " strb.w r9, [r12, r2]\n"
        " strb.w r10, [r12, r2, lsl #1]\n"
        " strb.w r11, [r12, r3]\n"
        " adds r0, r0, #1\n"
        " str r0, [sp, #12]\n"
        " ldr r0, [sp, #8]\n"
        " ldr r1, [sp, #20]\n"
        " cmp r0, r1\n"
        " bne.w 1b\n"
        " add sp, sp, #28\n"
        " pop {r4-r11, pc}\n");
}
#else
static CONV_DSP_SPARSE_CSR_HOT_SECTION void conv_dsp_sparse_csr_dsp_sparse_tie14(const uint32_t *planes, const int32_t *stream, int8_t *y, const int32_t *bounds)
{
    const int32_t *const end = stream + bounds[1];
    const int32_t *s = stream;
    int8_t *out = y;
    while (s != end) {
        const int32_t entries = s[0] / 4;
        const int64_t start = (int64_t)(((uint64_t)(uint32_t)s[3] << 32) | (uint32_t)s[2]);
        const int32_t *const after = &s[4 + entries];
        for (int32_t pair = 0; pair < 4; pair++) {
            int64_t sum = start;
            for (int32_t i = 0; i < entries; i++) {
                const uint32_t entry = (uint32_t)s[4 + i];
                sum += (int64_t)(int32_t)planes[(entry >> 18) + (uint32_t)pair] * eg_low16(entry);
            }
            for (int32_t lane = 0; lane < 2; lane++) {
                const uint32_t low = ((uint32_t)(uint64_t)sum << 8) + (uint32_t)after[0];
                const int32_t acc = (lane == 0) ? (int32_t)low : (int32_t)((uint32_t)((uint64_t)sum >> 24) << 8);
                const int32_t *const w = &after[1];
                const int32_t value = eg_smmla(acc, w[0], eg_add(w[1], (acc < 0) ? w[2] : 0)) >> 14;
                out[(2 * pair + lane) * bounds[0]] = eg_saturate8(value, -128, 127);
            }
        }
        s = after + 1 + 3;
        out++;
    }
}
#endif

struct conv_dsp_sparse_csr_conv2d_s8_dsp_sparse_csr_dsp_sparse_tie14_direct_params {
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

/* conv2d over the non-zero weights: blocks of 8 positions; the last block overlaps the one before. */
static CONV_DSP_SPARSE_CSR_HOT_SECTION void conv_dsp_sparse_csr_conv2d_s8_dsp_sparse_csr_dsp_sparse_tie14_direct(const struct conv_dsp_sparse_csr_conv2d_s8_dsp_sparse_csr_dsp_sparse_tie14_direct_params *p, const int32_t *stream, const int8_t *x, int8_t *y, void *work)
{
    uint32_t *const planes = (uint32_t *)work;
    const int32_t bounds[2] = { p->out_c, p->words };
    const int8_t *at[8];
    for (int32_t n = 0; n < p->positions; n += 8) {
        if (n > p->positions - 8) {
            n = p->positions - 8;
        }
        for (int32_t i = 0; i < 8; i++) {
            at[i] = &x[(n + i) * p->in_c];
        }
        conv_dsp_sparse_csr_dsp_sparse_planes(at, p->groups, planes);
        conv_dsp_sparse_csr_dsp_sparse_tie14(planes, stream, &y[n * p->out_c], bounds);
    }
}

/* 0: conv2d from CONV_2D #1 'conv' in tiny.tflite
 * int8[1x6x6x8] to int8[1x6x6x8]; kernel dsp_sparse, format csr */
static CONV_DSP_SPARSE_CSR_HOT_SECTION EG_NOINLINE void conv_dsp_sparse_csr_n00_conv2d(const int8_t *x, int8_t *y, void *work)
{
    static const struct conv_dsp_sparse_csr_conv2d_s8_dsp_sparse_csr_dsp_sparse_tie14_direct_params p = {
        .positions = 36,
        .words = 77,
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
    conv_dsp_sparse_csr_conv2d_s8_dsp_sparse_csr_dsp_sparse_tie14_direct(&p, conv_dsp_sparse_csr_n00_conv2d_stream, x, y, work);
}

CONV_DSP_SPARSE_CSR_HOT_SECTION
