static const int32_t conv_dsp_fc_conv_int8_n00_conv2d_stream[320] EG_ALIGN(8) CONV_DSP_FC_CONV_INT8_WEIGHTS_SECTION = {
    -8464384, 13138688, 1098119427, -179835617, 1383237797, 1181408541, 1575796688, 940043403,
    -1041643948, -577741066, -1786239731, 1163588900, 1443519809, 1304672024, -196456235, 352507991,
    -1611358258, 2067868675, -504923741, 189959590, 12805812, 1112117807, -1882683840, 239951537,
    -1636040708, -90842191, -1741078410, 727497051, 1808255755, -805742752, -747095639, 1786912198,
    -895554556, -1053272539, 274877907, 14344, -8, 302365698, 14351, -30,
    21097728, -15624960, 2127096406, -584967268, 824506295, -2026290206, 2054576206, -1460797145,
    -1963236185, -786275746, 1273813093, -992438705, 1669796631, 1605596939, -194249428, -1816182145,
    -144542893, -812407358, -994077911, 1799578818, 1656106564, 1168223282, -795844780, -1846763040,
    -173390509, 301333290, 1104258528, -178800362, 1034848561, 299774778, -8253722, 299812851,
    233578947, -1951095396, 329853488, 14349, -23, 357341279, 14351, -30,
    25727232, 8078336, -1378752567, 2037978340, 1796486864, 1311867680, 1632019576, 147790341,
    860006730, 846243045, -664062439, -2005109324, -603948240, 1339829314, -1761800300, 618814756,
    -1012789321, 922867682, -951490046, -1308719739, 1715827916, 1187584376, 1755794183, 1643185215,
    -51931273, -161007946, 592984780, 1238294917, 2017217696, -490475393, 1810182832, -1222919079,
    -1739099972, 941735246, 384829070, 14351, -29, 412316861, 14348, -21,
    -3263744, -2348032, 1933831389, 859258021, -1594694777, -308052281, 2063267295, -223509620,
    -541504863, 537476529, -1545362160, 2138428660, 253439818, -1202927756, -1338258340, 643356972,
    -1060464870, 1619452528, 1237440584, 618437023, 1685457300, 1780066200, 172416266, 667191491,
    1478267399, 563692234, 1806699913, 170282813, -166536659, -192311013, -2072832343, 959416302,
    721637032, -1075598168, 439804651, 14349, -23, 467292442, 14351, -30,
    7760384, 10949632, -594173050, 53578027, -504712520, 1183276458, 1751289335, -1082722927,
    663135185, 1953687589, 1217401683, 2118227674, 24561048, 632023953, 1087851585, -234002489,
    -1562150494, 1308687887, -127928873, 1259591405, 580253419, -1057622153, -2044763027, 311391574,
    -1499628130, 1997475555, 1956145911, -390065377, 152973346, 1416757990, 508469385, -1307117786,
    -160799159, -1265719407, 494780233, 14351, -29, 522268023, 14351, -30,
    -3463680, -17010432, 1772379318, 902743812, -1669256069, -151209811, -57685794, -31508256,
    -1769172444, -1366671872, -1516904046, 311296085, 1410595782, -800023724, -1295657650, -1389712532,
    -380394551, -705563991, 1470225727, -1608336911, -632014258, -198347806, -1440723538, -1478791756,
    2025843379, -1863420661, -569988098, -1133021024, -150285573, 139824689, -347641929, -848205348,
    1936287687, -2005263536, 549755814, 14369, -50, 577243605, 14368, -64,
    16349440, -7297792, 637202099, -29735043, -887276573, 831383902, 563768000, -17702610,
    -1876645382, 137753323, 1081873378, -16528945, 432892904, 920976835, -419915952, 1269373704,
    868935878, 2011998407, 896960114, -951220231, 2093503781, -1978628572, 800631094, -1632416674,
    2047572947, -2031769445, -1579503897, 1460597923, 1990987129, 161630739, -544592867, -1089543113,
    1354108056, 2137662700, 604731396, 14367, -61, 632219186, 14368, -64,
    1495296, 18222848, 1253646171, 1995168868, -1653949013, -1048134204, -884808023, 541593802,
    350083792, 330025862, -630330354, 1510481872, 1336553857, -362664739, -1092285896, -1676668491,
    -1619630390, -1905372601, 1832379588, 2074293343, -1807534218, 2016251210, 372841013, 1686591980,
    -691652274, -851404373, -699532512, 1792069270, 560412003, 843017666, 781839975, 597106396,
    1039519200, 1540676831, 659706977, 14369, -63, 687194768, 14356, -20,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef CONV_DSP_FC_CONV_INT8_HOT_SECTION
#define CONV_DSP_FC_CONV_INT8_HOT_SECTION
#endif

/* 2 rows of weights against one widened input, block after block: accumulators from r4 on, r2, r3 weights of two rows, r12, lr
 * activations. Stream per block: bias of each row, the weights by 4 columns, the constants of requantization
 * (for each row). */
#if EG_HAS_DSP
EG_NAKED static CONV_DSP_FC_CONV_INT8_HOT_SECTION void conv_dsp_fc_conv_int8_dsp_fc2_int8_tie12(EG_UNUSED const uint32_t *acts, EG_UNUSED const int32_t *stream, EG_UNUSED int8_t *y,
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
        " ldm r1!, {r2, r3, r12}\n"
        " and lr, r12, r4, asr #31\n"
        " smmla r4, r4, r2, lr\n"
        " add r4, r4, r3\n"
        " ssat r4, #8, r4, asr #12\n"
" strb r4, [r0], #1\n"
        " ldm r1!, {r2, r3, r12}\n"
        " and lr, r12, r5, asr #31\n"
        " smmla r5, r5, r2, lr\n"
        " add r5, r5, r3\n"
        " ssat r5, #8, r5, asr #12\n"
" strb r5, [r0], #1\n"
        " str r0, [sp, #12]\n"
        " ldr r2, [sp, #16]\n"
        " cmp r1, r2\n"
        " bne.w 1b\n"
        " add sp, sp, #20\n"
        " pop {r4-r11, pc}\n");
}
#else
static CONV_DSP_FC_CONV_INT8_HOT_SECTION void conv_dsp_fc_conv_int8_dsp_fc2_int8_tie12(const uint32_t *acts, const int32_t *stream, int8_t *y, const struct eg_tile *tile)
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
            const int32_t value = eg_smmla(acc[i], stream[0], eg_add(stream[1], (acc[i] < 0) ? stream[2] : 0)) >> 12;
            *y++ = eg_saturate8(value, -128, 127);
            stream += 3;
        }
    }
}
#endif

struct conv_dsp_fc_conv_int8_conv2d_s8_dsp_fc_int8_dsp_fc8_int8_tie12_pairs_params {
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
static CONV_DSP_FC_CONV_INT8_HOT_SECTION void conv_dsp_fc_conv_int8_conv2d_s8_dsp_fc_int8_dsp_fc8_int8_tie12_pairs(const struct conv_dsp_fc_conv_int8_conv2d_s8_dsp_fc_int8_dsp_fc8_int8_tie12_pairs_params *p, const int32_t *stream, const int8_t *x, int8_t *y, void *work)
{
    uint32_t *const acts = (uint32_t *)work;
    const struct eg_tile pairs = { 0, 0, p->pairs_entry, 2 * p->padded, stream + p->blocks_words + p->pairs_words, NULL };
    for (int32_t n = 0; n < p->batch; n++) {
        eg_widen8(x, p->columns, acts);
        conv_dsp_fc_conv_int8_dsp_fc2_int8_tie12(acts, stream + p->blocks_words, &y[p->pairs_row], &pairs);
        x += p->columns;
        y += p->rows;
    }
}

/* 0: conv2d from CONV_2D #1 'conv' in tiny.tflite
 * int8[1x1x1x64] to int8[1x1x1x16]; kernel dsp_fc_conv, format int8 */
static CONV_DSP_FC_CONV_INT8_HOT_SECTION EG_NOINLINE void conv_dsp_fc_conv_int8_n00_conv2d(const int8_t *x, int8_t *y, void *work)
{
    static const struct conv_dsp_fc_conv_int8_conv2d_s8_dsp_fc_int8_dsp_fc8_int8_tie12_pairs_params p = {
        .blocks_words = 0,
        .batch = 1,
        .rows = 16,
        .columns = 64,
        .padded = 64,
        .pairs_row = 0,
        .blocks_entry = 1,
        .pairs_entry = 1,
        .pairs_words = 320,
        .last_words = 0,
    };
    conv_dsp_fc_conv_int8_conv2d_s8_dsp_fc_int8_dsp_fc8_int8_tie12_pairs(&p, conv_dsp_fc_conv_int8_n00_conv2d_stream, x, y, work);
}

CONV_DSP_FC_CONV_INT8_HOT_SECTION
