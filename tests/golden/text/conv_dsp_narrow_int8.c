static const int32_t conv_dsp_narrow_int8_n00_conv2d_stream[74] EG_ALIGN(8) CONV_DSP_NARROW_INT8_WEIGHTS_SECTION = {
    72, 0, 769024, 769024, 769024, 769024, -2987264, -2987264,
    -2987264, -2987264, 1098119427, 1575796688, 1383237797, -1041643948, 1099511628, 57376,
    -32, 1209462791, 57406, -121, 3476224, 3476224, 3476224, 3476224,
    -4050688, -4050688, -4050688, -4050688, -1786239731, -196456235, 1443519809, -1611358258,
    1319413953, 57396, -92, 1429365116, 57406, -121, 6350080, 6350080,
    6350080, 6350080, -10713600, -10713600, -10713600, -10713600, -504923741, -1882683840,
    12805812, -1636040708, 1539316279, 57403, -112, 1649267442, 57393, -82,
    475136, 475136, 475136, 475136, -2055424, -2055424, -2055424, -2055424,
    -1741078410, -747095639, 1808255755, -895554556, 1759218604, 57396, -92, 1869169767,
    57406, -121,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef CONV_DSP_NARROW_INT8_HOT_SECTION
#define CONV_DSP_NARROW_INT8_HOT_SECTION
#endif

/* 2 output channels x 4 positions at a time, all pairs of channels of a layer: r4-r11 hold the 8 accumulators, r2, r3 weights
 * of the two channels, r12, lr activations of two positions. Stream per pair: bias (4 times each), the weights, the constants
 * of requantization, for the tail. Byte pairs: 256 w0 + w1 against x0 - 127, then w1 against 256 x1 + 127 - x0; one SXTB16 widens 4 weights. */
#if EG_HAS_DSP
EG_NAKED static CONV_DSP_NARROW_INT8_HOT_SECTION void conv_dsp_narrow_int8_dsp_core4_once_int8(EG_UNUSED const uint32_t *acts, EG_UNUSED const int32_t *stream, EG_UNUSED int8_t *y,
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
        " .rept 4\n"
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
        " ldr pc, [sp, #28]\n");
}
#else
static CONV_DSP_NARROW_INT8_HOT_SECTION void conv_dsp_narrow_int8_dsp_core4_once_int8(const uint32_t *acts, const int32_t *stream, int8_t *y, const struct eg_tile *tile)
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
EG_NAKED static CONV_DSP_NARROW_INT8_HOT_SECTION void conv_dsp_narrow_int8_dsp_tail_tie14(void)
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
static CONV_DSP_NARROW_INT8_HOT_SECTION const int32_t *conv_dsp_narrow_int8_dsp_tail_tie14(const int32_t *acc, const int32_t *stream, int8_t *y, int32_t step)
{
    for (int32_t i = 0; i < 8; i++) {
        const int32_t *w = &stream[(i / 4) * 3];
        const int32_t value = eg_smmla(acc[i], w[0], eg_add(w[1], (acc[i] < 0) ? w[2] : 0)) >> 14;
        y[(i % 4) * step + (i / 4)] = eg_saturate8(value, -128, 127);
    }
    return stream + 2 * 3;
}
#endif

/* Gathers and widens one window at each of 4 places, 8 words per 4 inputs. A row of the window gives its whole words; what is left of
 * all rows is put together into words of its own. */
#if EG_HAS_DSP
EG_NAKED static CONV_DSP_NARROW_INT8_HOT_SECTION void conv_dsp_narrow_int8_dsp_gather_int8_1x1x8_4_48(EG_UNUSED const struct eg_rows *rows, EG_UNUSED uint32_t *acts)
{
    __asm__ volatile(
        ".syntax unified\n"
        " push {r4-r11, lr}\n"
        " ldm r0, {r4-r7}\n"
        " mov r12, r1\n"
        " mvn lr, #0x007E007E\n"
        " .irp offset, 0, 4\n"
        " ldr r8, [r4, #\\offset]\n"
        " ldr r9, [r5, #\\offset]\n"
        " ldr r10, [r6, #\\offset]\n"
        " ldr r11, [r7, #\\offset]\n"
        " sxtab16 r0, lr, r8\n"
        " sxtab16 r1, lr, r9\n"
        " sxtab16 r2, lr, r10\n"
        " sxtab16 r3, lr, r11\n"
        " eor r8, r8, #0x007F007F\n"
        " eor r9, r9, #0x007F007F\n"
        " eor r10, r10, #0x007F007F\n"
        " eor r11, r11, #0x007F007F\n"
        " stm r12!, {r0-r3, r8-r11}\n"
" .endr\n"
        " pop {r4-r11, pc}\n");
}
#else
static CONV_DSP_NARROW_INT8_HOT_SECTION void conv_dsp_narrow_int8_dsp_gather_int8_1x1x8_4_48(const struct eg_rows *rows, uint32_t *acts)
{
    for (int32_t i = 0; i < 4; i++) {
        const int8_t *const x = rows->at[i];
        uint32_t word;
        uint32_t pair[2];
        word = ((uint32_t)(uint8_t)x[0] << 0) | ((uint32_t)(uint8_t)x[1] << 8) | ((uint32_t)(uint8_t)x[2] << 16) | ((uint32_t)(uint8_t)x[3] << 24);
        eg_widen8_word(word, pair);
        acts[0 + i] = pair[0];
        acts[4 + i] = pair[1];
        word = ((uint32_t)(uint8_t)x[4] << 0) | ((uint32_t)(uint8_t)x[5] << 8) | ((uint32_t)(uint8_t)x[6] << 16) | ((uint32_t)(uint8_t)x[7] << 24);
        eg_widen8_word(word, pair);
        acts[8 + i] = pair[0];
        acts[12 + i] = pair[1];
    }
}
#endif

struct conv_dsp_narrow_int8_conv2d_s8_dsp_bands_params {
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
static CONV_DSP_NARROW_INT8_HOT_SECTION void conv_dsp_narrow_int8_conv2d_s8_dsp_bands(const void *params, const int32_t *stream, const int8_t *x, int8_t *y, void *work)
{
    const struct conv_dsp_narrow_int8_conv2d_s8_dsp_bands_params *const p = (const struct conv_dsp_narrow_int8_conv2d_s8_dsp_bands_params *)params;
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
 * int8[1x6x6x8] to int8[1x6x6x8]; kernel dsp_narrow, format int8 */
static CONV_DSP_NARROW_INT8_HOT_SECTION EG_NOINLINE void conv_dsp_narrow_int8_n00_conv2d(const int8_t *x, int8_t *y, void *work)
{
    static const struct conv_dsp_narrow_int8_conv2d_s8_dsp_bands_params p = {
        .widen = conv_dsp_narrow_int8_dsp_gather_int8_1x1x8_4_48,
        .core = conv_dsp_narrow_int8_dsp_core4_once_int8,
        .single = conv_dsp_narrow_int8_dsp_core4_once_int8,
        .tail = conv_dsp_narrow_int8_dsp_tail_tie14,
        .core_entry = 185,
        .single_entry = 73,
        .positions = 36,
        .next_row = 48,
        .widen_entry = 0,
        .in_h = 6,
        .in_w = 6,
        .in_c = 8,
        .out_w = 6,
        .out_c = 8,
        .stride_h = 1,
        .pad_top = 0,
        .pad_left = 0,
        .pad_value = 3,
        .bands = 1,
        .rows = 6,
        .row_step = 1,
        .columns = 6,
        .next = 8,
        .acts_bytes = 64,
        .padded_bytes = 296,
        .run = 0,
        .kernel_h = 0,
        .gap = 0,
    };
    conv_dsp_narrow_int8_conv2d_s8_dsp_bands(&p, conv_dsp_narrow_int8_n00_conv2d_stream, x, y, work);
}

CONV_DSP_NARROW_INT8_HOT_SECTION
