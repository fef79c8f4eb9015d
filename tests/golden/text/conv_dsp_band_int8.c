static const int32_t conv_dsp_band_int8_n00_conv2d_stream[202] EG_ALIGN(8) CONV_DSP_BAND_INT8_WEIGHTS_SECTION = {
    200, 0, -8301824, -8301824, -8301824, -8301824, 24030208, 24030208,
    24030208, 24030208, 1098119427, 940043403, 1383237797, -577741066, 1575796688, 1163588900,
    -1041643948, 1304672024, -1786239731, 352507991, 1443519809, 2067868675, -196456235, 189959590,
    -1611358258, 1112117807, -504923741, 239951537, 12805812, -90842191, -1882683840, 727497051,
    -1636040708, -805742752, -1741078410, 1786912198, 1808255755, -1053272539, -747095639, 2127096406,
    -895554556, 824506295, -179835617, 2054576206, 1181408541, -1963236185, 1099511628, 57376,
    -32, 1209462791, 57406, -121, 8580608, 8580608, 8580608, 8580608,
    -14389504, -14389504, -14389504, -14389504, 1273813093, -1816182145, 1669796631, -812407358,
    -194249428, 1799578818, -144542893, 1168223282, -994077911, -1846763040, 1656106564, 301333290,
    -795844780, -178800362, -173390509, 299774778, 1104258528, 299812851, 1034848561, -1951095396,
    -8253722, -1378752567, 233578947, 1796486864, -584967268, 1632019576, -2026290206, 860006730,
    -1460797145, -664062439, -786275746, -603948240, -992438705, -1761800300, 1605596939, -1012789321,
    1319413953, 57396, -92, 1429365116, 57406, -121, 34147840, 34147840,
    34147840, 34147840, -6454528, -6454528, -6454528, -6454528, -951490046, 1643185215,
    1715827916, -161007946, 1755794183, 1238294917, -51931273, -490475393, 592984780, -1222919079,
    2017217696, 941735246, 1810182832, 1933831389, -1739099972, -1594694777, 2037978340, 2063267295,
    1311867680, -541504863, 147790341, -1545362160, 846243045, 253439818, -2005109324, -1338258340,
    1339829314, -1060464870, 618814756, 1237440584, 922867682, 1685457300, -1308719739, 172416266,
    1187584376, 1478267399, 1539316279, 57403, -112, 1649267442, 57393, -82,
    7660288, 7660288, 7660288, 7660288, 870656, 870656, 870656, 870656,
    1806699913, 959416302, -166536659, -1075598168, -2072832343, -594173050, 721637032, -504712520,
    859258021, 1751289335, -308052281, 663135185, -223509620, 1217401683, 537476529, 24561048,
    2138428660, 1087851585, -1202927756, -1562150494, 643356972, -127928873, 1619452528, 580253419,
    618437023, -2044763027, 1780066200, -1499628130, 667191491, 1956145911, 563692234, 152973346,
    170282813, 508469385, -192311013, -160799159, 1759218604, 57396, -92, 1869169767,
    57406, -121,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef CONV_DSP_BAND_INT8_HOT_SECTION
#define CONV_DSP_BAND_INT8_HOT_SECTION
#endif

/* 2 output channels x 4 positions at a time, all pairs of channels of a layer: r4-r11 hold the 8 accumulators, r2, r3 weights
 * of the two channels, r12, lr activations of two positions. Stream per pair: bias (4 times each), the weights, the constants
 * of requantization, for the tail. Byte pairs: 256 w0 + w1 against x0 - 127, then w1 against 256 x1 + 127 - x0; one SXTB16 widens 4 weights. */
#if EG_HAS_DSP
EG_NAKED static CONV_DSP_BAND_INT8_HOT_SECTION void conv_dsp_band_int8_dsp_core8_int8(EG_UNUSED const uint32_t *acts, EG_UNUSED const int32_t *stream, EG_UNUSED int8_t *y,
    EG_UNUSED const struct eg_tile *tile)
{
    __asm__ volatile(
        ".syntax unified\n"
        " push {r4-r11, lr}\n"
        " sub sp, sp, #36\n" /* acts, entry, step, step3, acts end, y, stream end, tail, next pair */
        " ldm r3, {r6-r11}\n"
        " mov r5, r8\n"
        " adr.w r4, 2f\n"
        " add r5, r5, r4\n"
        " mov r4, r0\n"
        " add r8, r9, r0\n"
        " mov r9, r2\n"
        " adr.w r12, 1f\n"
        " add r12, r12, #1\n"
        " stm sp, {r4-r12}\n"
        "1:\n"
        " ldm r1!, {r4-r11}\n"
        " ldm sp, {r0, pc}\n"
        "2:\n"
        " .rept 8\n"
        " ldmia.w r1!, {r2, r3}\n"
        " ldmia.w r0!, {r12, lr}\n"
        " smlad r4, r2, r12, r4\n"
        " smlad r8, r3, r12, r8\n"
        " smlad r5, r2, lr, r5\n"
        " smlad r9, r3, lr, r9\n"
        " ldmia.w r0!, {r12, lr}\n"
        " smlad r6, r2, r12, r6\n"
        " smlad r10, r3, r12, r10\n"
        " smlad r7, r2, lr, r7\n"
        " smlad r11, r3, lr, r11\n"
        " sxtb16 r2, r2\n"
        " sxtb16 r3, r3\n"
        " ldmia.w r0!, {r12, lr}\n"
        " smlad r4, r2, r12, r4\n"
        " smlad r8, r3, r12, r8\n"
        " smlad r5, r2, lr, r5\n"
        " smlad r9, r3, lr, r9\n"
        " ldmia.w r0!, {r12, lr}\n"
        " smlad r6, r2, r12, r6\n"
        " smlad r10, r3, r12, r10\n"
        " smlad r7, r2, lr, r7\n"
        " smlad r11, r3, lr, r11\n"
        " .endr\n"
        " ldr r2, [sp, #16]\n"
        " cmp r0, r2\n"
        " bne.w 2b\n"
        " ldr pc, [sp, #28]\n");
}
#else
static CONV_DSP_BAND_INT8_HOT_SECTION void conv_dsp_band_int8_dsp_core8_int8(const uint32_t *acts, const int32_t *stream, int8_t *y, const struct eg_tile *tile)
{
    const int32_t groups = tile->acts_bytes / 32;
    while (stream != tile->end) {
        int32_t acc[8];
        const uint32_t *a = acts;
        for (int32_t i = 0; i < 8; i++) {
            acc[i] = *stream++;
        }
        for (int32_t g = 0; g < groups; g++) {
            for (int32_t i = 0; i < 8; i++) {
                const int32_t channel = i / 4;
                const int32_t position = i % 4;
                const uint32_t w = (uint32_t)stream[channel];
                acc[i] = eg_smlad(w, a[position], acc[i]);
                acc[i] = eg_smlad(eg_sxtb16(w), a[4 + position], acc[i]);
            }
            a += 8;
            stream += 2;
        }
        stream = tile->tail(acc, stream, y, tile->step);
        y += 2;
    }
}
#endif

/* The end of the tile's function: requantizes 2 channels x 4 positions, tie, and goes on with the next pair. */
#if EG_HAS_DSP
EG_NAKED static CONV_DSP_BAND_INT8_HOT_SECTION void conv_dsp_band_int8_dsp_tail_tie14(void)
{
    __asm__ volatile(
        ".syntax unified\n"
        " ldm r1!, {r2, r3, r12}\n"
        " and lr, r12, r4, asr #31\n"
        " smmla r4, r4, r2, lr\n"
        " add r4, r4, r3\n"
        " ssat r4, #8, r4, asr #14\n"
        " and lr, r12, r5, asr #31\n"
        " smmla r5, r5, r2, lr\n"
        " add r5, r5, r3\n"
        " ssat r5, #8, r5, asr #14\n"
        " and lr, r12, r6, asr #31\n"
        " smmla r6, r6, r2, lr\n"
        " add r6, r6, r3\n"
        " ssat r6, #8, r6, asr #14\n"
        " and lr, r12, r7, asr #31\n"
        " smmla r7, r7, r2, lr\n"
        " add r7, r7, r3\n"
        " ssat r7, #8, r7, asr #14\n"
        " ldm r1!, {r2, r3, r12}\n"
        " and lr, r12, r8, asr #31\n"
        " smmla r8, r8, r2, lr\n"
        " add r8, r8, r3\n"
        " ssat r8, #8, r8, asr #14\n"
        " and lr, r12, r9, asr #31\n"
        " smmla r9, r9, r2, lr\n"
        " add r9, r9, r3\n"
        " ssat r9, #8, r9, asr #14\n"
        " and lr, r12, r10, asr #31\n"
        " smmla r10, r10, r2, lr\n"
        " add r10, r10, r3\n"
        " ssat r10, #8, r10, asr #14\n"
        " and lr, r12, r11, asr #31\n"
        " smmla r11, r11, r2, lr\n"
        " add r11, r11, r3\n"
        " ssat r11, #8, r11, asr #14\n"
        " ldr r0, [sp, #20]\n"
        " ldrd r2, r3, [sp, #8]\n"
        " strb r4, [r0]\n"
        " strb r5, [r0, r2]\n"
        " strb.w r6, [r0, r2, lsl #1]\n"
        " strb r7, [r0, r3]\n"
        " strb r8, [r0, #1]!\n"
        " strb.w r9, [r0, r2]\n"
        " strb.w r10, [r0, r2, lsl #1]\n"
        " strb.w r11, [r0, r3]\n"
        " adds r0, r0, #1\n"
        " str r0, [sp, #20]\n"
        " ldr r2, [sp, #24]\n"
        " cmp r1, r2\n"
        " it ne\n"
        " ldrne pc, [sp, #32]\n"
        " add sp, sp, #36\n"
        " pop {r4-r11, pc}\n");
}
#else
static CONV_DSP_BAND_INT8_HOT_SECTION const int32_t *conv_dsp_band_int8_dsp_tail_tie14(const int32_t *acc, const int32_t *stream, int8_t *y, int32_t step)
{
    for (int32_t i = 0; i < 8; i++) {
        const int32_t *w = &stream[(i / 4) * 3];
        const int32_t value = eg_smmla(acc[i], w[0], eg_add(w[1], (acc[i] < 0) ? w[2] : 0)) >> 14;
        y[(i % 4) * step + (i / 4)] = eg_saturate8(value, -128, 127);
    }
    return stream + 2 * 3;
}
#endif

/* Widens the rows of 4 positions side by side, 8 words per 4 inputs: x0 - 127 and x2 - 127 of each position, then 256 x1 + 127 - x0
 * and 256 x3 + 127 - x2 of each. */
#if EG_HAS_DSP
EG_NAKED static CONV_DSP_BAND_INT8_HOT_SECTION void conv_dsp_band_int8_dsp_widen_int8(EG_UNUSED const struct eg_rows *rows, EG_UNUSED uint32_t *acts)
{
    __asm__ volatile(
        ".syntax unified\n"
        " push {r4-r11, lr}\n"
        " sub sp, sp, #20\n"
        " ldm r0, {r4-r11}\n"
        " adr.w r0, 2f\n"
        " add r11, r11, r0\n"
        " stm sp, {r8-r11}\n" /* run, rows, gap, entry, end of row */
        " mov r12, r1\n"
        " mvn lr, #0x007E007E\n"
        "1:\n"
        " ldr r8, [sp]\n"
        " add r8, r8, r4\n"
        " str r8, [sp, #16]\n"
        " ldr pc, [sp, #12]\n"
        "2:\n"
        " .rept 4\n"
        " ldr.w r8, [r4], #4\n"
        " ldr.w r9, [r5], #4\n"
        " ldr.w r10, [r6], #4\n"
        " ldr.w r11, [r7], #4\n"
        " sxtab16 r0, lr, r8\n"
        " sxtab16 r1, lr, r9\n"
        " sxtab16 r2, lr, r10\n"
        " sxtab16 r3, lr, r11\n"
        " eor.w r8, r8, #0x007F007F\n"
        " eor.w r9, r9, #0x007F007F\n"
        " eor.w r10, r10, #0x007F007F\n"
        " eor.w r11, r11, #0x007F007F\n"
        " stmia.w r12!, {r0-r3, r8-r11}\n"
        " .endr\n"
        " ldr r8, [sp, #16]\n"
        " cmp r4, r8\n"
        " bne.w 2b\n"
        " ldr r9, [sp, #4]\n"
        " subs r9, r9, #1\n"
        " beq 3f\n"
        " ldr r10, [sp, #8]\n"
        " str r9, [sp, #4]\n"
        " add r4, r4, r10\n"
        " add r5, r5, r10\n"
        " add r6, r6, r10\n"
        " add r7, r7, r10\n"
        " b 1b\n"
        "3:\n"
        " add sp, sp, #20\n"
        " pop {r4-r11, pc}\n");
}
#else
static CONV_DSP_BAND_INT8_HOT_SECTION void conv_dsp_band_int8_dsp_widen_int8(const struct eg_rows *rows, uint32_t *acts)
{
    for (int32_t row = 0; row < rows->rows; row++) {
        const int32_t start = row * (rows->run + rows->gap);
        for (int32_t i = 0; i < rows->run; i += 4) {
            for (int32_t position = 0; position < 4; position++) {
                const uint32_t x = eg_load_word(&rows->at[position][start + i]);
                const uint32_t even = eg_sxtb16(x);
                acts[position] = eg_pack16(eg_low16(even) - 127, eg_high16(even) - 127);
                acts[4 + position] = x ^ 0x007F007FU;
            }
            acts += 8;
        }
    }
}
#endif

struct conv_dsp_band_int8_conv2d_s8_dsp_bands_params {
    eg_widen widen;
    eg_core core;
    eg_core single;
    eg_tail tail;
    int32_t core_entry;
    int32_t single_entry;
    int32_t positions;
    int32_t next_row;
    int32_t widen_entry;
    int16_t in_h;
    int16_t in_w;
    int16_t in_c;
    int16_t out_w;
    int16_t out_c;
    int16_t stride_h;
    int16_t pad_top;
    int16_t pad_left;
    int16_t pad_value;
    int16_t bands;
    int16_t rows;
    int16_t row_step;
    int16_t columns;
    int16_t next;
    int16_t acts_bytes;
    int16_t padded_bytes;
    int16_t run;
    int16_t kernel_h;
    int16_t gap;
};

/* conv2d: a padded copy of the image, or of the rows under one row of outputs, then blocks of 4 positions, widened or gathered
 * once, against all output channels. Of what is left of them, three are a block that overlaps the one before, one or two
 * are computed alone. */
static CONV_DSP_BAND_INT8_HOT_SECTION void conv_dsp_band_int8_conv2d_s8_dsp_bands(const void *params, const int32_t *stream, const int8_t *x, int8_t *y, void *work)
{
    const struct conv_dsp_band_int8_conv2d_s8_dsp_bands_params *const p = (const struct conv_dsp_band_int8_conv2d_s8_dsp_bands_params *)params;
    const int32_t words = stream[0];
    const int32_t last_words = stream[1];
    const int32_t last_channel = (last_words > 0) ? 2 * words / last_words : 0;
    const int32_t *const pairs = &stream[2];
    uint32_t *const acts = (uint32_t *)work;
    int8_t *const padded = (int8_t *)&acts[p->acts_bytes / 4];
    const struct eg_image image = { x, p->in_h, p->in_w, p->in_c, p->pad_value };
    int8_t *const pair = padded + p->padded_bytes;
    const int32_t *const end = pairs + words;
    const struct eg_tile tile = { p->out_c, 3 * p->out_c, p->core_entry, p->acts_bytes, end, p->tail };
    const struct eg_tile last = { 2, 6, p->core_entry, p->acts_bytes, end + last_words, p->tail };
    const struct eg_tile alone = { 0, 0, p->single_entry, p->acts_bytes, end, p->tail };
    const struct eg_tile last_alone = { 0, 0, p->single_entry, p->acts_bytes, end + last_words, p->tail };
    struct eg_rows rows = { { padded, padded, padded, padded }, p->run, p->kernel_h, p->gap, p->widen_entry };
    for (int32_t band = 0; band < p->bands; band++) {
        const int8_t *from = padded;
        int32_t ox = 0;
        int32_t n = 0;
        eg_window(&image, band * p->stride_h - p->pad_top, -p->pad_left, p->rows, p->row_step, p->columns, padded);
        while (n < p->positions) {
            const int32_t four = (p->positions - n >= 3) ? 1 : 0;
            if ((four != 0) && (n > p->positions - 4)) {
                const int32_t row = (p->positions - 4) / p->out_w;
                n = p->positions - 4;
                ox = n - row * p->out_w;
                from = &padded[row * p->next_row + ox * p->next];
            }
            rows.at[1] = from;
            rows.at[2] = from;
            rows.at[3] = from;
            for (int32_t i = 0; i <= 3 * four; i++) {
                rows.at[i] = from;
                from += p->next;
                ox++;
                if (ox == p->out_w) {
                    ox = 0;
                    from += p->next_row - p->out_w * p->next;
                }
            }
            p->widen(&rows, acts);
            if (words > 0) {
                (four ? p->core : p->single)(acts, pairs, &y[n * p->out_c], four ? &tile : &alone);
            }
            if (last_words > 0) {
                (four ? p->core : p->single)(acts, end, pair, four ? &last : &last_alone);
                for (int32_t i = 0; i <= 3 * four; i++) {
                    y[(n + i) * p->out_c + last_channel] = pair[2 * i];
                }
            }
            n += 1 + 3 * four;
        }
        y += p->positions * p->out_c;
    }
}

/* 0: conv2d from CONV_2D #1 'conv' in tiny.tflite
 * int8[1x6x6x8] to int8[1x6x6x8]; kernel dsp_band, format int8 */
static CONV_DSP_BAND_INT8_HOT_SECTION EG_NOINLINE void conv_dsp_band_int8_n00_conv2d(const int8_t *x, int8_t *y, void *work)
{
    static const struct conv_dsp_band_int8_conv2d_s8_dsp_bands_params p = {
        .widen = conv_dsp_band_int8_dsp_widen_int8,
        .core = conv_dsp_band_int8_dsp_core8_int8,
        .single = conv_dsp_band_int8_dsp_core8_int8,
        .tail = conv_dsp_band_int8_dsp_tail_tie14,
        .core_entry = 553,
        .single_entry = 73,
        .positions = 36,
        .next_row = 64,
        .widen_entry = 105,
        .in_h = 6,
        .in_w = 6,
        .in_c = 8,
        .out_w = 6,
        .out_c = 8,
        .stride_h = 1,
        .pad_top = 1,
        .pad_left = 1,
        .pad_value = 3,
        .bands = 1,
        .rows = 8,
        .row_step = 1,
        .columns = 8,
        .next = 8,
        .acts_bytes = 576,
        .padded_bytes = 520,
        .run = 24,
        .kernel_h = 3,
        .gap = 40,
    };
    conv_dsp_band_int8_conv2d_s8_dsp_bands(&p, conv_dsp_band_int8_n00_conv2d_stream, x, y, work);
}

CONV_DSP_BAND_INT8_HOT_SECTION
