static const int32_t conv_dsp_band_int16_n00_conv2d_stream[346] EG_ALIGN(8) CONV_DSP_BAND_INT16_WEIGHTS_SECTION = {
    344, 0, 86272, 86272, 86272, 86272, -61184, -61184,
    -61184, -61184, 1090582784, 939584768, 1929380608, 117476096, 1375766784, -570401024,
    1912644864, -1878985216, 1577107456, 1157690624, -335491072, 1509958656, -1040136704, 1308669696,
    -385854464, -1023404032, -1778375424, 352376832, -2013262592, 33576704, 1442864384, 2063608832,
    167788800, 1090519808, -201305856, 184585728, 1241568512, 1375774208, -1610571776, 1107333632,
    -201273856, 1224748800, -503285248, 234905344, -419388672, 1291890944, 16803584, -83829760,
    -1023364096, -1795116800, -1879013888, 721467648, -939507712, 1543527168, -1644167168, -805284096,
    2063662080, -117415936, -1744814080, 1795169792, 956331520, -2113878528, 1811991296, -1056942592,
    -956298496, 939533568, -754959872, 2130766336, 2013309184, -939502080, -889132032, 822147072,
    -1644166144, 604026624, -184488704, 2046842880, 1191190272, 1979731456, 1174461696, -1962908416,
    1778392320, -83843328, 1099511628, 57376, -32, 1209462791, 57406, -121,
    -100096, -100096, -100096, -100096, -51712, -51712, -51712, -51712,
    1275123712, -1811922432, -335518464, -1090486528, 1677726464, -805263872, -2030037248, -1828666880,
    -201261824, 1795187968, 1795173376, 1124123136, -150965504, 1174449152, 1644188416, -1593822720,
    -989818112, -1845452288, -1090508544, -335486976, 1660956160, 302054144, -1241496576, -184538624,
    -788504832, -184502016, -1879026688, 1459623424, -167754496, 302002944, -1442819328, -570410496,
    1107338752, 302041088, -788471808, -570363136, 1040222464, -1946114560, -1375719168, -1275028480,
    3840, -1375672320, -2113870336, -788477696, 234889728, 1795176192, -335494400, 335597568,
    -587195392, 1627431936, 570465280, 1174435840, -2030025728, 855681280, 956359168, 1107315200,
    -1459617536, -671074816, -301979904, 1795168512, -788504064, -603948288, 570449408, 12288,
    -989817344, -1761603584, -671068416, -50293760, 1610643200, -1006628864, -1291842816, -1577011456,
    1319413953, 57396, -92, 1429365116, 57406, -121, -22272, -22272,
    -22272, -22272, 80384, 80384, 80384, 80384, -956274176, 1644168192,
    1224737280, -251642112, 1711305984, -167758080, 1157680128, 1728099840, 1761626880, 1241571840,
    -1493170432, -838826752, -50292992, -486477824, -419399936, -1023377664, 587217664, -1224688640,
    1476447232, 453007616, 2013285632, 939572480, 1006673920, 553668096, 1811952384, 1929440512,
    -452939776, 1124130048, -1744801536, -1593777152, 1459665920, -234846464, 2030048512, 2063660544,
    2030101504, -100606208, 1308656384, -536851712, 822091776, -1191141120, 151001600, -1543461632,
    -822082304, -486535168, 838903040, 251670272, 1879106816, 453003776, -2013235712, -1342125056,
    2080420864, 989879296, 1342188544, -1056925952, -603962880, -905963008, 620780800, 1241569280,
    -503307264, -1056946176, 922802176, 1677724160, 16835072, 1979749376, -1308588544, 167828736,
    -33520384, 1174407680, 1191188736, 1476432384, -922716160, 469763840, 1539316279, 57403,
    -112, 1649267442, 57393, -82, -12544, -12544, -12544, -12544,
    -104704, -104704, -104704, -104704, 1811942912, 956336128, -1342142208, 788590080,
    -167716352, -1073697536, 302001408, -486496256, -2080368896, -587160576, 1929423104, -1795127808,
    721440512, -503270656, 50374656, -369051648, 855653632, 1744866816, 922789120, 1644230400,
    -301957376, 671130624, -1560230144, -2046766848, -218070016, 1224741632, -1392473088, -1879026944,
    536886784, 16827904, 151040256, 1979750400, 2130760960, 1090538496, 1962996736, -687849216,
    -1207908608, -1560249856, 1275098112, -486497792, 637589760, -134154752, 1476406272, 1593890560,
    1627447808, 587265792, -2046791680, -1795101952, 620796416, -2046794752, -603939072, 520121600,
    1778427904, -1493139968, 419469312, -1660903936, 671123712, 1962961664, -1006583040, -1744767232,
    570442496, 151007232, -1728001536, 503325184, 167792384, 503357696, 637549824, 1308657920,
    -184512256, -167746048, -1996481792, 1778403584, 1759218604, 57396, -92, 1869169767,
    57406, -121,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef CONV_DSP_BAND_INT16_HOT_SECTION
#define CONV_DSP_BAND_INT16_HOT_SECTION
#endif

/* 2 output channels x 4 positions at a time, all pairs of channels of a layer: r4-r11 hold the 8 accumulators, r2, r3 weights
 * of the two channels, r12, lr activations of two positions. Stream per pair: bias (4 times each), the weights, the constants
 * of requantization, for the tail. Weights as int16, scaled. */
#if EG_HAS_DSP
EG_NAKED static CONV_DSP_BAND_INT16_HOT_SECTION void conv_dsp_band_int16_dsp_core8_int16(EG_UNUSED const uint32_t *acts, EG_UNUSED const int32_t *stream, EG_UNUSED int8_t *y,
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
        " .endr\n"
        " ldr r2, [sp, #16]\n"
        " cmp r0, r2\n"
        " bne.w 2b\n"
        " ldr pc, [sp, #28]\n");
}
#else
static CONV_DSP_BAND_INT16_HOT_SECTION void conv_dsp_band_int16_dsp_core8_int16(const uint32_t *acts, const int32_t *stream, int8_t *y, const struct eg_tile *tile)
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
                acc[i] = eg_smlad((uint32_t)stream[2 + channel], a[4 + position], acc[i]);
            }
            a += 8;
            stream += 4;
        }
        stream = tile->tail(acc, stream, y, tile->step);
        y += 2;
    }
}
#endif

/* The end of the tile's function: requantizes 2 channels x 4 positions, tie, and goes on with the next pair. */
#if EG_HAS_DSP
EG_NAKED static CONV_DSP_BAND_INT16_HOT_SECTION void conv_dsp_band_int16_dsp_tail_tie14(void)
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
static CONV_DSP_BAND_INT16_HOT_SECTION const int32_t *conv_dsp_band_int16_dsp_tail_tie14(const int32_t *acc, const int32_t *stream, int8_t *y, int32_t step)
{
    for (int32_t i = 0; i < 8; i++) {
        const int32_t *w = &stream[(i / 4) * 3];
        const int32_t value = eg_smmla(acc[i], w[0], eg_add(w[1], (acc[i] < 0) ? w[2] : 0)) >> 14;
        y[(i % 4) * step + (i / 4)] = eg_saturate8(value, -128, 127);
    }
    return stream + 2 * 3;
}
#endif

/* Widens the rows of 4 positions side by side, 8 words per 4 inputs: x0 and x2 of each position, then x1 and x3 of each. */
#if EG_HAS_DSP
EG_NAKED static CONV_DSP_BAND_INT16_HOT_SECTION void conv_dsp_band_int16_dsp_widen_int16(EG_UNUSED const struct eg_rows *rows, EG_UNUSED uint32_t *acts)
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
        " sxtb16 r0, r8\n"
        " sxtb16 r1, r9\n"
        " sxtb16 r2, r10\n"
        " sxtb16 r3, r11\n"
        " sxtb16 r8, r8, ror #8\n"
        " sxtb16 r9, r9, ror #8\n"
        " sxtb16 r10, r10, ror #8\n"
        " sxtb16 r11, r11, ror #8\n"
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
static CONV_DSP_BAND_INT16_HOT_SECTION void conv_dsp_band_int16_dsp_widen_int16(const struct eg_rows *rows, uint32_t *acts)
{
    for (int32_t row = 0; row < rows->rows; row++) {
        const int32_t start = row * (rows->run + rows->gap);
        for (int32_t i = 0; i < rows->run; i += 4) {
            for (int32_t position = 0; position < 4; position++) {
                const uint32_t x = eg_load_word(&rows->at[position][start + i]);
                acts[position] = eg_sxtb16(x);
                acts[4 + position] = eg_sxtb16(x >> 8);
            }
            acts += 8;
        }
    }
}
#endif

struct conv_dsp_band_int16_conv2d_s8_dsp_bands_params {
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
static CONV_DSP_BAND_INT16_HOT_SECTION void conv_dsp_band_int16_conv2d_s8_dsp_bands(const void *params, const int32_t *stream, const int8_t *x, int8_t *y, void *work)
{
    const struct conv_dsp_band_int16_conv2d_s8_dsp_bands_params *const p = (const struct conv_dsp_band_int16_conv2d_s8_dsp_bands_params *)params;
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
 * int8[1x6x6x8] to int8[1x6x6x8]; kernel dsp_band, format int16 */
static CONV_DSP_BAND_INT16_HOT_SECTION EG_NOINLINE void conv_dsp_band_int16_n00_conv2d(const int8_t *x, int8_t *y, void *work)
{
    static const struct conv_dsp_band_int16_conv2d_s8_dsp_bands_params p = {
        .widen = conv_dsp_band_int16_dsp_widen_int16,
        .core = conv_dsp_band_int16_dsp_core8_int16,
        .single = conv_dsp_band_int16_dsp_core8_int16,
        .tail = conv_dsp_band_int16_dsp_tail_tie14,
        .core_entry = 529,
        .single_entry = 65,
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
    conv_dsp_band_int16_conv2d_s8_dsp_bands(&p, conv_dsp_band_int16_n00_conv2d_stream, x, y, work);
}

CONV_DSP_BAND_INT16_HOT_SECTION
