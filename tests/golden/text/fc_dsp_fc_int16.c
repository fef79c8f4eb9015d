static const int32_t fc_dsp_fc_int16_n00_fully_connected_stream[80] EG_ALIGN(8) FC_DSP_FC_INT16_WEIGHTS_SECTION = {
    86272, -61184, 1090582784, -1778375424, 1929380608, -2013262592, 1375766784, 1442864384,
    1912644864, 167788800, 1577107456, -201305856, -335491072, 1241568512, -1040136704, -1610571776,
    -385854464, -201273856, 1099511628, 57344, -100096, -51712, -503285248, -1744814080,
    -419388672, 956331520, 16803584, 1811991296, -1023364096, -956298496, -1879013888, -754959872,
    -939507712, 2013309184, -1644167168, -889132032, 2063662080, -1644166144, 1099511628, 57344,
    -22272, 80384, -184488704, 1157690624, 1191190272, 1509958656, 1174461696, 1308669696,
    1778392320, -1023404032, 939584768, 352376832, 117476096, 33576704, -570401024, 2063608832,
    -1878985216, 1090519808, 1099511628, 57344, -12544, -104704, 184585728, 721467648,
    1375774208, 1543527168, 1107333632, -805284096, 1224748800, -117415936, 234905344, 1795169792,
    1291890944, -2113878528, -83829760, -1056942592, -1795116800, 939533568, 1099511628, 57344,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_DSP_FC_INT16_HOT_SECTION
#define FC_DSP_FC_INT16_HOT_SECTION
#endif

/* 2 rows of weights against one widened input, block after block: accumulators from r4 on, r2, r3 weights of two rows, r12, lr
 * activations. Stream per block: bias of each row, the weights by 4 columns, the constants of requantization
 * (one for all rows). */
#if EG_HAS_DSP
EG_NAKED static FC_DSP_FC_INT16_HOT_SECTION void fc_dsp_fc_int16_dsp_fc2_int16_smmla14_one(EG_UNUSED const uint32_t *acts, EG_UNUSED const int32_t *stream, EG_UNUSED int8_t *y,
    EG_UNUSED const struct eg_tile *tile)
{
    __asm__ volatile(
        ".syntax unified\n"
        " push {r4-r11, lr}\n"
        " sub sp, sp, #20\n"
        " ldm r3, {r4-r8}\n"
        " adr.w r9, 2f\n"
        " add r5, r6, r9\n"
        " mov r4, r0\n"
        " add r6, r7, r0\n"
        " mov r7, r2\n"
        " stm sp, {r4-r8}\n" /* acts, entry, acts end, y, stream end */
        "1:\n"
        " ldm r1!, {r4-r5}\n"
        " ldm sp, {r0, pc}\n"
        "2:\n"
        " .rept 8\n"
        " ldmia.w r0!, {r12, lr}\n"
        " ldmia.w r1!, {r2, r3}\n"
        " smlad r4, r2, r12, r4\n"
        " smlad r5, r3, r12, r5\n"
        " ldmia.w r1!, {r2, r3}\n"
        " smlad r4, r2, lr, r4\n"
        " smlad r5, r3, lr, r5\n"
        " .endr\n"
        " ldr r2, [sp, #8]\n"
        " cmp r0, r2\n"
        " bne.w 2b\n"
        " ldr r0, [sp, #12]\n"
        " ldm r1!, {r2, r3}\n"
        " smmla r4, r4, r2, r3\n"
        " ssat r4, #8, r4, asr #14\n"
" strb r4, [r0], #1\n"
        " smmla r5, r5, r2, r3\n"
        " ssat r5, #8, r5, asr #14\n"
" strb r5, [r0], #1\n"
        " str r0, [sp, #12]\n"
        " ldr r2, [sp, #16]\n"
        " cmp r1, r2\n"
        " bne.w 1b\n"
        " add sp, sp, #20\n"
        " pop {r4-r11, pc}\n");
}
#else
static FC_DSP_FC_INT16_HOT_SECTION void fc_dsp_fc_int16_dsp_fc2_int16_smmla14_one(const uint32_t *acts, const int32_t *stream, int8_t *y, const struct eg_tile *tile)
{
    const int32_t groups = tile->acts_bytes / 8;
    while (stream != tile->end) {
        int32_t acc[2];
        const uint32_t *a = acts;
        for (int32_t i = 0; i < 2; i++) {
            acc[i] = *stream++;
        }
        for (int32_t g = 0; g < groups; g++) {
            for (int32_t i = 0; i < 2; i++) {
                const int32_t *w = &stream[(i / 2) * 4 + (i % 2)];
                acc[i] = eg_smlad((uint32_t)w[2], a[1], eg_smlad((uint32_t)w[0], a[0], acc[i]));
            }
            a += 2;
            stream += 4;
        }
        for (int32_t i = 0; i < 2; i++) {
            const int32_t value = eg_smmla(acc[i], stream[0], stream[1]) >> 14;
            *y++ = eg_saturate8(value, -128, 127);
        }
        stream += 2;
    }
}
#endif

struct fc_dsp_fc_int16_fully_connected_s8_dsp_fc_int16_dsp_fc8_int16_smmla14_one_pairs_params {
    int32_t blocks_words;
    int16_t batch;
    int16_t rows;
    int16_t columns;
    int16_t padded;
    int16_t pairs_row;
    int16_t blocks_entry;
    int16_t pairs_entry;
    int32_t pairs_words;
    int32_t last_words;
};

/* Fully connected: each input row is widened once, then blocks of 8 weight rows, then pairs. */
static FC_DSP_FC_INT16_HOT_SECTION void fc_dsp_fc_int16_fully_connected_s8_dsp_fc_int16_dsp_fc8_int16_smmla14_one_pairs(const struct fc_dsp_fc_int16_fully_connected_s8_dsp_fc_int16_dsp_fc8_int16_smmla14_one_pairs_params *p, const int32_t *stream, const int8_t *x, int8_t *y, void *work)
{
    uint32_t *const acts = (uint32_t *)work;
    const struct eg_tile pairs = { 0, 0, p->pairs_entry, 2 * p->padded, stream + p->blocks_words + p->pairs_words, NULL };
    for (int32_t n = 0; n < p->batch; n++) {
        eg_widen16(x, p->columns, acts);
        fc_dsp_fc_int16_dsp_fc2_int16_smmla14_one(acts, stream + p->blocks_words, &y[p->pairs_row], &pairs);
        x += p->columns;
        y += p->rows;
    }
}

/* 0: fully_connected from FULLY_CONNECTED #1 'dense' in tiny.tflite
 * int8[1x16] to int8[1x8]; kernel dsp_fc, format int16 */
static FC_DSP_FC_INT16_HOT_SECTION EG_NOINLINE void fc_dsp_fc_int16_n00_fully_connected(const int8_t *x, int8_t *y, void *work)
{
    static const struct fc_dsp_fc_int16_fully_connected_s8_dsp_fc_int16_dsp_fc8_int16_smmla14_one_pairs_params p = {
        .blocks_words = 0,
        .batch = 1,
        .rows = 8,
        .columns = 16,
        .padded = 16,
        .pairs_row = 0,
        .blocks_entry = 1,
        .pairs_entry = 113,
        .pairs_words = 80,
        .last_words = 0,
    };
    fc_dsp_fc_int16_fully_connected_s8_dsp_fc_int16_dsp_fc8_int16_smmla14_one_pairs(&p, fc_dsp_fc_int16_n00_fully_connected_stream, x, y, work);
}

FC_DSP_FC_INT16_HOT_SECTION
