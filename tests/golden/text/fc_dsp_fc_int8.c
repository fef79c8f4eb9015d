static const int32_t fc_dsp_fc_int8_n00_fully_connected_stream[48] EG_ALIGN(8) FC_DSP_FC_INT8_WEIGHTS_SECTION = {
    -2157056, -483840, 1098119427, -1786239731, 1383237797, 1443519809, 1575796688, -196456235,
    -1041643948, -1611358258, 1099511628, 57344, -4521728, -1514752, -504923741, -1741078410,
    12805812, 1808255755, -1882683840, -747095639, -1636040708, -895554556, 1099511628, 57344,
    3326464, 6940416, -179835617, 1163588900, 1181408541, 1304672024, 940043403, 352507991,
    -577741066, 2067868675, 1099511628, 57344, -2580992, 5454848, 189959590, 727497051,
    1112117807, -805742752, 239951537, 1786912198, -90842191, -1053272539, 1099511628, 57344,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_DSP_FC_INT8_HOT_SECTION
#define FC_DSP_FC_INT8_HOT_SECTION
#endif

/* 2 rows of weights against one widened input, block after block: accumulators from r4 on, r2, r3 weights of two rows, r12, lr
 * activations. Stream per block: bias of each row, the weights by 4 columns, the constants of requantization
 * (one for all rows). */
#if EG_HAS_DSP
EG_NAKED static FC_DSP_FC_INT8_HOT_SECTION void fc_dsp_fc_int8_dsp_fc2_int8_smmla14_one(EG_UNUSED const uint32_t *acts, EG_UNUSED const int32_t *stream, EG_UNUSED int8_t *y,
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
        " sxtb16 r2, r2\n"
        " sxtb16 r3, r3\n"
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
static FC_DSP_FC_INT8_HOT_SECTION void fc_dsp_fc_int8_dsp_fc2_int8_smmla14_one(const uint32_t *acts, const int32_t *stream, int8_t *y, const struct eg_tile *tile)
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
                const uint32_t w = (uint32_t)stream[i];
                acc[i] = eg_smlad(eg_sxtb16(w), a[1], eg_smlad(w, a[0], acc[i]));
            }
            a += 2;
            stream += 2;
        }
        for (int32_t i = 0; i < 2; i++) {
            const int32_t value = eg_smmla(acc[i], stream[0], stream[1]) >> 14;
            *y++ = eg_saturate8(value, -128, 127);
        }
        stream += 2;
    }
}
#endif

struct fc_dsp_fc_int8_fully_connected_s8_dsp_fc_int8_dsp_fc8_int8_smmla14_one_pairs_params {
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
static FC_DSP_FC_INT8_HOT_SECTION void fc_dsp_fc_int8_fully_connected_s8_dsp_fc_int8_dsp_fc8_int8_smmla14_one_pairs(const struct fc_dsp_fc_int8_fully_connected_s8_dsp_fc_int8_dsp_fc8_int8_smmla14_one_pairs_params *p, const int32_t *stream, const int8_t *x, int8_t *y, void *work)
{
    uint32_t *const acts = (uint32_t *)work;
    const struct eg_tile pairs = { 0, 0, p->pairs_entry, 2 * p->padded, stream + p->blocks_words + p->pairs_words, NULL };
    for (int32_t n = 0; n < p->batch; n++) {
        eg_widen8(x, p->columns, acts);
        fc_dsp_fc_int8_dsp_fc2_int8_smmla14_one(acts, stream + p->blocks_words, &y[p->pairs_row], &pairs);
        x += p->columns;
        y += p->rows;
    }
}

/* 0: fully_connected from FULLY_CONNECTED #1 'dense' in tiny.tflite
 * int8[1x16] to int8[1x8]; kernel dsp_fc, format int8 */
static FC_DSP_FC_INT8_HOT_SECTION EG_NOINLINE void fc_dsp_fc_int8_n00_fully_connected(const int8_t *x, int8_t *y, void *work)
{
    static const struct fc_dsp_fc_int8_fully_connected_s8_dsp_fc_int8_dsp_fc8_int8_smmla14_one_pairs_params p = {
        .blocks_words = 0,
        .batch = 1,
        .rows = 8,
        .columns = 16,
        .padded = 16,
        .pairs_row = 0,
        .blocks_entry = 1,
        .pairs_entry = 129,
        .pairs_words = 48,
        .last_words = 0,
    };
    fc_dsp_fc_int8_fully_connected_s8_dsp_fc_int8_dsp_fc8_int8_smmla14_one_pairs(&p, fc_dsp_fc_int8_n00_fully_connected_stream, x, y, work);
}

FC_DSP_FC_INT8_HOT_SECTION
