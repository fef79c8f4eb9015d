static const int32_t conv_winograd23_winograd23_n00_conv2d_filters[512] EG_ALIGN(8) CONV_WINOGRAD23_WINOGRAD23_WEIGHTS_SECTION = {
    272694848, 234945344, 482345152, 29418176, 343990848, -142600256, 478210368, -469697152, 111213504,
    306247488, -52364288, 207618240, 222360960, 350226496, 211814208, -226491872, -283112512, 16841216,
    31459328, -169805888, 482345984, 23075456, 308343360, 29424672, -444593856, 88143360, -503315648,
    8394176, 360716096, 515902208, 41947200, 272629952, -106950336, 364966688, 515901888, -77537568,
    197189248, -65009440, 94433216, 35653952, -273675936, 597752832, 226557280, 299893280, 39908464,
    51383200, 107019840, -64946880, -313460000, 157348928, 69212640, 67173568, 278982992, -204465600,
    488701120, 211815744, -480185600, 390135072, -220197504, 444604416, 121636672, -88072960, 501222208,
    111149376, -436203520, 448792448, 239082880, -528420480, 453046976, -264235648, -239074624, 234883392,
    -335541024, 746589184, 520095680, -134214336, 262206080, -274721184, -102759040, 182513760, -146735520,
    213913984, 16784768, 100726720, 484505472, -480241568, 308282496, 31457952, -46073024, 511710720,
    297797568, 494932864, 293664576, -490727104, 444598080, -20911680, -56558336, 318771104, 205526144,
    -421464736, 599848576, -341826464, 144768064, -270467712, 49348416, 455083840, 241174112, -226489376,
    444658576, 24122112, 2100864, 21034304, -116388032, 73406272, -20968544, -136252736, 687868464,
    -252700512, 127990272, -150933120, -10481280, 209719008, 14744960, 58722624, 532678464, 113248064,
    -14676928, 140568896, 318830080, -452980608, -83879616, -272621632, 419431616, -201266816, -507509312,
    -457117568, 10546432, -232781536, 46143296, -37747680, 398464640, 83945888, -203418176, -450886720,
    60878272, -681512992, -402650048, -318762080, 436271552, -209650016, -614465280, -52365504, -247405376,
    -461313920, -272627136, -83822592, 415239040, 75562688, -310374144, -46134656, -12580256, -46074912,
    -205518176, 192946592, -65006720, 44101696, -314570368, -161478464, -164564240, -245302848, -300937632,
    169869696, 192945168, 4258064, -284158976, -349110448, -95355280, -423563936, -389019648, -123729984,
    180359248, 176226160, -388958272, 9502608, -247404800, -622791872, -484439104, -146741344, 438311136,
    136316992, -358612416, -178194912, -146798848, 406907136, 142665472, 293608960, -507506432, 213969472,
    239138944, 276828800, -379521440, -100598464, -50331072, 364905632, -150985824, -94370176, 29362528,
    -58718688, -14617056, 67170240, 25229440, -83820960, 46140192, 56682432, -113184288, -58656224,
    -247405184, -440400896, -167767104, -12524288, 402660800, -251657216, -322960704, -394203712, 184611488,
    1440, 264304032, -171959264, -23068096, -31399040, 46200000, -18810304, -204410768, -88077152,
    296749856, 157288256, 54533648, -14616816, 110103328, -160429424, 141616496, -190778816, 11599040,
    -278918592, 302052496, -329193744, -338625760, -120524336, -247405760, -278857408, 44044864, 50394464,
    379588704, -312411520, -274722432, -262143456, -239068544, 411042048, 306184320, -62910528, 427826496,
    -41939520, 289469184, 432074112, 174071296, 207680576, 151059104, -79690848, 459279136, 35716224,
    218168416, 157290592, -266335424, -102696000, 524351712, 130032224, 471868768, 157286528, 323018400,
    413200544, 146804416, -306123008, 369160960, 113251904, 503321408, 234942272, 251717632, 138417024,
    -144694688, 278984608, 356576448, 232787712, 163586624, -352258496, 251722048, 73460448, 167778992,
    261155504, 219212976, 62916976, 470810864, 31520592, 274727936, 114358944, -383778032, -307170128,
    215018192, 312480752, 198189744, -50270544, 222360800, 143655968, -71238816, -324999232, 77654720,
    142610016, 505413984, 333508544, 245432224, 184554464, -503308928, -335482112, 520154368, 247469824,
    335547136, -264182336, -150990720, -226490752, -337638624, 8450080, 192998304, 138417600, 432014240,
    262202976, -188738688, 193001120, -492768288, -301925856, 318825120, 402654144, 201330080, -157228064,
    -192931072, -301985376, -327097984, 42006336, -8330944, 293601920, 297797184, 369157248, -230679040,
    117440960, -597682784, -203359136, 469762240, -48228416, 599787008, 46202176, -113243584, 132122912,
    -331346320, -45024848, 124844432, -4190224, 420482512, 266398608, -245363744, 235932768, -375325680,
    -97517264, 628158640, 220205616, 475009104, 50394544, -92273472, -32440800, -108989216, 60882560,
    283175296, 264243808, 295704608, 270590976, -224393632, 71303520, 452985728, 239133184, -335486400,
    197196672, -41879936, -268375232, 75500352, -121574912, 73403456, 264296256, 188799712, 79752544,
    31462656, -113188736, -150932608, -362748384, 593495680, 411102784, -293539680, 528485344, -148897472,
    12645312, -163575424, -270469088, 213913408, 436265856, 230746432, 411106752, -75489344, 167831808,
    -390008384, -511642560, 276882816, 16842720, -417278336, -71297600, 268498944, -318702048, 109113024,
    -20915264, 287371360, 294713328, 161538592, -15664080, 210763952, -210762512, -320800032, -161421840,
    197132736, -13570928, -199166432, 512754800, 200340880, 28375376, -270467552, -117377424, 207621280,
    264299680, 379584960, 568388320, 142671424, 136314912, -700446144, -257949536, 155248256, -511698688,
    -150935616, 130030400, 444656128, -373284992, 104916480, -415176832, 182513216, 52432384, -121572384,
    10550688, 270593920, -188734848, -413077600, 77594912, 14683136, -438242496, 130024224, 446758880,
    127983296, -226486656, 18939168, -48170848, 41948096, 125888576, 159387456, 327213632, -46078912,
    -41936512, -499120448, 444600896, 331351168, -289342688, -69143680, 398459136, 134277248, -322958176,
    71303808, -515836480, -31454688, 22080848, -94311264, 105967312, 91227088, -91161072, -243210176,
    -123731632, 411046080, -13568784, 35716512, 462423888, -221189520, -242216720, 125831296, -201262512,
    48240224, 297854752, 10548928, 169932064, -264239680, -10485152, -188682688, 190842336,
};

static const int32_t conv_winograd23_winograd23_n00_conv2d_requant[32] EG_ALIGN(8) CONV_WINOGRAD23_WINOGRAD23_WEIGHTS_SECTION = {
    1099511628, 14344, -8, 21568, 1209462791, 14351, -30, -15296, 1319413953,
    14349, -23, -25024, 1429365116, 14351, -30, -12928, 1539316279, 14351,
    -29, -5568, 1649267442, 14348, -21, 20096, 1759218604, 14349, -23,
    -3136, 1869169767, 14351, -30, -26176,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef CONV_WINOGRAD23_WINOGRAD23_HOT_SECTION
#define CONV_WINOGRAD23_WINOGRAD23_HOT_SECTION
#endif

/* Input transform of F(2x2, 3x3) for 4 tiles side by side: 4 rows x 10 columns x 8 channels of bytes, B' d B per tile, two
 * channels in a word. Rows are transformed onto the stack first, then columns into v; row frequencies in the order 0, 1, 3, 2. */
#if EG_HAS_DSP
EG_NAKED static CONV_WINOGRAD23_WINOGRAD23_HOT_SECTION void conv_winograd23_winograd23_winograd23_in_8(EG_UNUSED const int8_t *x, EG_UNUSED int32_t pitch, EG_UNUSED uint32_t *v)
{
    __asm__ volatile(
        ".syntax unified\n"
        " push {r4-r11, lr}\n"
        " add r3, r0, #8\n"
        " push {r0-r3}\n" /* x, pitch, v, end of x */
        " sub sp, sp, #4\n"
        "1:\n"
        " ldrd r0, r3, [sp, #4]\n"
        " add r1, r0, r3\n"
        " add r2, r1, r3\n"
        " add r3, r2, r3\n"
        " mov r12, #0\n"
        "2:\n"
        " ldr r4, [r0, r12]\n"
        " ldr r5, [r1, r12]\n"
        " ldr r6, [r2, r12]\n"
        " ldr r7, [r3, r12]\n"
        " add.w r12, r12, #8\n"
        " sxtb16 r8, r4\n"
        " sxtb16 r9, r5\n"
        " sxtb16 r10, r6\n"
        " sxtb16 r11, r7\n"
        " ssub16 lr, r10, r9\n"
        " ssub16 r11, r9, r11\n"
        " sadd16 r9, r9, r10\n"
        " ssub16 r8, r8, r10\n"
        " push {r8, r9, r11, lr}\n"
        " sxtb16 r4, r4, ror #8\n"
        " sxtb16 r5, r5, ror #8\n"
        " sxtb16 r6, r6, ror #8\n"
        " sxtb16 r7, r7, ror #8\n"
        " ssub16 lr, r6, r5\n"
        " ssub16 r7, r5, r7\n"
        " sadd16 r5, r5, r6\n"
        " ssub16 r4, r4, r6\n"
        " push {r4, r5, r7, lr}\n"
        " ldr r4, [r0, r12]\n"
        " ldr r5, [r1, r12]\n"
        " ldr r6, [r2, r12]\n"
        " ldr r7, [r3, r12]\n"
        " add.w r12, r12, #8\n"
        " sxtb16 r8, r4\n"
        " sxtb16 r9, r5\n"
        " sxtb16 r10, r6\n"
        " sxtb16 r11, r7\n"
        " ssub16 lr, r10, r9\n"
        " ssub16 r11, r9, r11\n"
        " sadd16 r9, r9, r10\n"
        " ssub16 r8, r8, r10\n"
        " push {r8, r9, r11, lr}\n"
        " sxtb16 r4, r4, ror #8\n"
        " sxtb16 r5, r5, ror #8\n"
        " sxtb16 r6, r6, ror #8\n"
        " sxtb16 r7, r7, ror #8\n"
        " ssub16 lr, r6, r5\n"
        " ssub16 r7, r5, r7\n"
        " sadd16 r5, r5, r6\n"
        " ssub16 r4, r4, r6\n"
        " push {r4, r5, r7, lr}\n"
        " cmp r12, #80\n"
        " bne 2b\n"
        " ldr r0, [sp, #332]\n"
        " mov r1, sp\n"
        "3:\n"
        " ldr r8, [r1, #304]\n"
        " ldr r2, [r1, #240]\n"
        " ldr r3, [r1, #176]\n"
        " ldr r4, [r1, #112]\n"
        " ldr r5, [r1, #48]\n"
        " ldr r6, [r1, #272]\n"
        " ldr r7, [r1, #208]\n"
        " ldr r12, [r1, #144]\n"
        " ldr lr, [r1, #80]\n"
        " ssub16 r8, r8, r2\n"
        " ssub16 r9, r2, r3\n"
        " ssub16 r10, r3, r4\n"
        " ssub16 r11, r4, r5\n"
        " stm r0, {r8-r11}\n"
        " add.w r0, r0, #96\n"
        " sadd16 r8, r6, r2\n"
        " sadd16 r9, r7, r3\n"
        " sadd16 r10, r12, r4\n"
        " sadd16 r11, lr, r5\n"
        " stm r0, {r8-r11}\n"
        " add.w r0, r0, #96\n"
        " ssub16 r8, r2, r6\n"
        " ssub16 r9, r3, r7\n"
        " ssub16 r10, r4, r12\n"
        " ssub16 r11, r5, lr\n"
        " stm r0, {r8-r11}\n"
        " add.w r0, r0, #96\n"
        " ldr r11, [r1, #16]\n"
        " ssub16 r8, r6, r7\n"
        " ssub16 r9, r7, r12\n"
        " ssub16 r10, r12, lr\n"
        " ssub16 r11, lr, r11\n"
        " stm r0, {r8-r11}\n"
        " sub.w r0, r0, #192\n"
        " sub.w r0, r0, #96\n"
        " ldr r8, [r1, #288]\n"
        " ldr r2, [r1, #224]\n"
        " ldr r3, [r1, #160]\n"
        " ldr r4, [r1, #96]\n"
        " ldr r5, [r1, #32]\n"
        " ldr r6, [r1, #256]\n"
        " ldr r7, [r1, #192]\n"
        " ldr r12, [r1, #128]\n"
        " ldr lr, [r1, #64]\n"
        " add.w r0, r0, #16\n"
        " ssub16 r8, r8, r2\n"
        " ssub16 r9, r2, r3\n"
        " ssub16 r10, r3, r4\n"
        " ssub16 r11, r4, r5\n"
        " stm r0, {r8-r11}\n"
        " add.w r0, r0, #96\n"
        " sadd16 r8, r6, r2\n"
        " sadd16 r9, r7, r3\n"
        " sadd16 r10, r12, r4\n"
        " sadd16 r11, lr, r5\n"
        " stm r0, {r8-r11}\n"
        " add.w r0, r0, #96\n"
        " ssub16 r8, r2, r6\n"
        " ssub16 r9, r3, r7\n"
        " ssub16 r10, r4, r12\n"
        " ssub16 r11, r5, lr\n"
        " stm r0, {r8-r11}\n"
        " add.w r0, r0, #96\n"
        " ldr r11, [r1, #0]\n"
        " ssub16 r8, r6, r7\n"
        " ssub16 r9, r7, r12\n"
        " ssub16 r10, r12, lr\n"
        " ssub16 r11, lr, r11\n"
        " stm r0, {r8-r11}\n"
        " add.w r0, r0, #80\n"
        " add.w r1, r1, #4\n"
        " add r8, sp, #16\n"
        " cmp r1, r8\n"
        " bne.w 3b\n"
        " add sp, sp, #320\n"
        " ldrd r0, r1, [sp, #4]\n"
        " ldrd r2, r3, [sp, #12]\n"
        " adds r0, r0, #4\n"
        " adds r2, r2, #32\n"
        " str r0, [sp, #4]\n"
        " str r2, [sp, #12]\n"
        " cmp r0, r3\n"
        " bne.w 1b\n"
        " add sp, sp, #20\n"
        " pop {r4-r11, pc}\n");
}
#else
static CONV_WINOGRAD23_WINOGRAD23_HOT_SECTION void conv_winograd23_winograd23_winograd23_in_8(const int8_t *x, int32_t pitch, uint32_t *v)
{
    static const int32_t order[4] = { 0, 1, 3, 2 };
    for (int32_t c = 0; c < 8; c++) {
        const uint32_t shift = ((c % 4) < 2) ? 0U : 16U;
        uint32_t *const to = &v[(c / 4) * 8 + (c % 2) * 4];
        for (int32_t tile = 0; tile < 4; tile++) {
            int32_t t[4][4];
            for (int32_t j = 0; j < 4; j++) {
                const int8_t *d = &x[(2 * tile + j) * 8 + c];
                t[0][j] = d[0] - d[2 * pitch];
                t[1][j] = d[pitch] + d[2 * pitch];
                t[2][j] = d[2 * pitch] - d[pitch];
                t[3][j] = d[pitch] - d[3 * pitch];
            }
            for (int32_t i = 0; i < 4; i++) {
                const int32_t *r = t[order[i]];
                const int32_t b[4] = { r[0] - r[2], r[1] + r[2], r[2] - r[1], r[1] - r[3] };
                for (int32_t j = 0; j < 4; j++) {
                    uint32_t *const word = &to[(4 * i + j) * 24 + tile];
                    const uint32_t kept = (shift == 0U) ? 0U : (*word & 0xFFFFU);
                    *word = kept | (((uint32_t)b[j] & 0xFFFFU) << shift);
                }
            }
        }
    }
}
#endif

/* 16 products of 2 output channels x 4 tiles over 8 input channels, one per frequency. v holds, for each frequency, 4 x 4
 * words of two channels, then room for the 8 sums; u holds 2 words per 2 input channels. r4-r11 hold the sums. */
#if EG_HAS_DSP
EG_NAKED static CONV_WINOGRAD23_WINOGRAD23_HOT_SECTION void conv_winograd23_winograd23_winograd_gemm16_8(EG_UNUSED uint32_t *v, EG_UNUSED const int32_t *u, EG_UNUSED const uint32_t *end)
{
    __asm__ volatile(
        ".syntax unified\n"
        " push {r2, r4-r11, lr}\n"
        "1:\n"
        " ldm r1!, {r2, r3}\n"
        " ldm r0!, {r12, lr}\n"
        " smuad r4, r2, r12\n"
        " smuad r8, r3, r12\n"
        " smuad r5, r2, lr\n"
        " smuad r9, r3, lr\n"
        " ldm r0!, {r12, lr}\n"
        " smuad r6, r2, r12\n"
        " smuad r10, r3, r12\n"
        " smuad r7, r2, lr\n"
        " smuad r11, r3, lr\n"
        " .rept 3\n"
        " ldm r1!, {r2, r3}\n"
        " ldm r0!, {r12, lr}\n"
        " smlad r4, r2, r12, r4\n"
        " smlad r8, r3, r12, r8\n"
        " smlad r5, r2, lr, r5\n"
        " smlad r9, r3, lr, r9\n"
        " ldm r0!, {r12, lr}\n"
        " smlad r6, r2, r12, r6\n"
        " smlad r10, r3, r12, r10\n"
        " smlad r7, r2, lr, r7\n"
        " smlad r11, r3, lr, r11\n"
" .endr\n"
        " stm r0!, {r4-r11}\n"
        " ldr r2, [sp]\n"
        " cmp r0, r2\n"
        " bne.w 1b\n"
        " pop {r2, r4-r11, pc}\n");
}
#else
static CONV_WINOGRAD23_WINOGRAD23_HOT_SECTION void conv_winograd23_winograd23_winograd_gemm16_8(uint32_t *v, const int32_t *u, const uint32_t *end)
{
    while (v != end) {
        int32_t acc[8];
        for (int32_t i = 0; i < 8; i++) {
            acc[i] = 0;
        }
        for (int32_t c = 0; c < 4; c++) {
            for (int32_t i = 0; i < 8; i++) {
                acc[i] = eg_smlad((uint32_t)u[i / 4], v[i % 4], acc[i]);
            }
            u += 2;
            v += 4;
        }
        for (int32_t i = 0; i < 8; i++) {
            *v++ = (uint32_t)acc[i];
        }
    }
}
#endif

/* Output transform of F(2x2, 3x3), A' m A, and requantization of 4 tiles side by side, channel by channel. m: the sums of frequency
 * 0; requant: 4 words per channel (M, K, third, bias); dims: out_c, row, row + out_c in bytes, number of channels. */
#if EG_HAS_DSP
EG_NAKED static CONV_WINOGRAD23_WINOGRAD23_HOT_SECTION void conv_winograd23_winograd23_winograd23_out_8_tie12(EG_UNUSED const uint32_t *m, EG_UNUSED const int32_t *requant, EG_UNUSED int8_t *y,
    EG_UNUSED const int32_t *dims)
{
    __asm__ volatile(
        ".syntax unified\n"
        " push {r4-r11, lr}\n"
        " sub sp, sp, #44\n"
        " ldm r3, {r5-r8}\n"
        " strd r5, r6, [sp, #12]\n"
        " str r7, [sp, #20]\n"
        " strd r1, r8, [sp, #28]\n" /* requant, channels left */
        " str r2, [sp, #36]\n"
        " mov r4, r2\n"
        " add.w r1, r0, #384\n"
        " add.w r2, r1, #384\n"
        " add.w r3, r2, #384\n"
        "1:\n"
        " ldr r5, [sp, #28]\n"
        " ldm r5!, {r6, r7, r8, r9}\n"
        " str r5, [sp, #28]\n"
        " strd r6, r7, [sp]\n"
        " str r8, [sp, #8]\n"
        " str r9, [sp, #40]\n"
        " add.w r5, r0, #16\n"
        " str r5, [sp, #24]\n" /* end of the channel's sums */
        "2:\n"
        " ldr r10, [r0, #288]\n"
        " ldr r12, [r1, #288]\n"
        " ldr lr, [r3, #288]\n"
        " add r10, r10, r12\n"
        " add r10, r10, lr\n"
        " sub r12, r12, lr\n"
        " ldr lr, [r2, #288]\n"
        " sub r12, r12, lr\n"
        " ldr r9, [r0, #192]\n"
        " ldr r11, [r1, #192]\n"
        " ldr lr, [r3, #192]\n"
        " add r9, r9, r11\n"
        " add r9, r9, lr\n"
        " sub r11, r11, lr\n"
        " ldr lr, [r2, #192]\n"
        " sub r11, r11, lr\n"
        " ldr r6, [r0, #96]\n"
        " ldr r8, [r1, #96]\n"
        " ldr lr, [sp, #40]\n"
        " add r8, r8, lr\n"
        " ldr lr, [r3, #96]\n"
        " add r6, r6, r8\n"
        " add r6, r6, lr\n"
        " sub r8, r8, lr\n"
        " ldr lr, [r2, #96]\n"
        " sub r8, r8, lr\n"
        " ldr r5, [r0], #4\n"
        " ldr r7, [r1], #4\n"
        " ldr lr, [r3], #4\n"
        " add r5, r5, r7\n"
        " add r5, r5, lr\n"
        " sub r7, r7, lr\n"
        " ldr lr, [r2], #4\n"
        " sub r7, r7, lr\n"
        " add r5, r5, r6\n"
        " add r5, r5, r9\n"
        " sub r6, r6, r9\n"
        " sub r6, r6, r10\n"
        " add r7, r7, r8\n"
        " add r7, r7, r11\n"
        " sub r8, r8, r11\n"
        " sub r8, r8, r12\n"
        " ldm sp, {r9, r10, r11}\n"
        " and r12, r11, r5, asr #31\n"
        " smmla r5, r5, r9, r12\n"
        " add r5, r5, r10\n"
        " ssat r5, #8, r5, asr #12\n"
        " and r12, r11, r6, asr #31\n"
        " smmla r6, r6, r9, r12\n"
        " add r6, r6, r10\n"
        " ssat r6, #8, r6, asr #12\n"
        " and r12, r11, r7, asr #31\n"
        " smmla r7, r7, r9, r12\n"
        " add r7, r7, r10\n"
        " ssat r7, #8, r7, asr #12\n"
        " and r12, r11, r8, asr #31\n"
        " smmla r8, r8, r9, r12\n"
        " add r8, r8, r10\n"
        " ssat r8, #8, r8, asr #12\n"
        " ldrd r11, r12, [sp, #12]\n"
        " ldr lr, [sp, #20]\n"
        " strb r5, [r4]\n"
        " strb r6, [r4, r11]\n"
        " strb r7, [r4, r12]\n"
        " strb r8, [r4, lr]\n"
        " add r4, r4, r11, lsl #1\n"
        " ldr r10, [r0, #288]\n"
        " ldr r12, [r1, #288]\n"
        " ldr lr, [r3, #288]\n"
        " add r10, r10, r12\n"
        " add r10, r10, lr\n"
        " sub r12, r12, lr\n"
        " ldr lr, [r2, #288]\n"
        " sub r12, r12, lr\n"
        " ldr r9, [r0, #192]\n"
        " ldr r11, [r1, #192]\n"
        " ldr lr, [r3, #192]\n"
        " add r9, r9, r11\n"
        " add r9, r9, lr\n"
        " sub r11, r11, lr\n"
        " ldr lr, [r2, #192]\n"
        " sub r11, r11, lr\n"
        " ldr r6, [r0, #96]\n"
        " ldr r8, [r1, #96]\n"
        " ldr lr, [sp, #40]\n"
        " add r8, r8, lr\n"
        " ldr lr, [r3, #96]\n"
        " add r6, r6, r8\n"
        " add r6, r6, lr\n"
        " sub r8, r8, lr\n"
        " ldr lr, [r2, #96]\n"
        " sub r8, r8, lr\n"
        " ldr r5, [r0], #4\n"
        " ldr r7, [r1], #4\n"
        " ldr lr, [r3], #4\n"
        " add r5, r5, r7\n"
        " add r5, r5, lr\n"
        " sub r7, r7, lr\n"
        " ldr lr, [r2], #4\n"
        " sub r7, r7, lr\n"
        " add r5, r5, r6\n"
        " add r5, r5, r9\n"
        " sub r6, r6, r9\n"
        " sub r6, r6, r10\n"
        " add r7, r7, r8\n"
        " add r7, r7, r11\n"
        " sub r8, r8, r11\n"
        " sub r8, r8, r12\n"
        " ldm sp, {r9, r10, r11}\n"
        " and r12, r11, r5, asr #31\n"
        " smmla r5, r5, r9, r12\n"
        " add r5, r5, r10\n"
        " ssat r5, #8, r5, asr #12\n"
        " and r12, r11, r6, asr #31\n"
        " smmla r6, r6, r9, r12\n"
        " add r6, r6, r10\n"
        " ssat r6, #8, r6, asr #12\n"
        " and r12, r11, r7, asr #31\n"
        " smmla r7, r7, r9, r12\n"
        " add r7, r7, r10\n"
        " ssat r7, #8, r7, asr #12\n"
        " and r12, r11, r8, asr #31\n"
        " smmla r8, r8, r9, r12\n"
        " add r8, r8, r10\n"
        " ssat r8, #8, r8, asr #12\n"
        " ldrd r11, r12, [sp, #12]\n"
        " ldr lr, [sp, #20]\n"
        " strb r5, [r4]\n"
        " strb r6, [r4, r11]\n"
        " strb r7, [r4, r12]\n"
        " strb r8, [r4, lr]\n"
        " add r4, r4, r11, lsl #1\n"
        " ldr lr, [sp, #24]\n"
        " cmp r0, lr\n"
        " bne.w 2b\n"
        " ldrd r5, r4, [sp, #32]\n"
        " adds r4, r4, #1\n"
        " subs r5, r5, #1\n"
        " strd r5, r4, [sp, #32]\n"
        " bne.w 1b\n"
        " add sp, sp, #44\n"
        " pop {r4-r11, pc}\n");
}
#else
static CONV_WINOGRAD23_WINOGRAD23_HOT_SECTION void conv_winograd23_winograd23_winograd23_out_8_tie12(const uint32_t *m, const int32_t *requant, int8_t *y, const int32_t *dims)
{
    for (int32_t channel = 0; channel < dims[3]; channel++) {
        for (int32_t tile = 0; tile < 4; tile++) {
            uint32_t s[4];
            uint32_t d[4];
            for (int32_t j = 0; j < 4; j++) {
                const uint32_t *f = &m[channel * 4 + tile + j * 24];
                const uint32_t one = f[96] + ((j == 1) ? (uint32_t)requant[3] : 0U);
                s[j] = f[0] + one + f[288];
                d[j] = one - f[288] - f[192];
            }
            for (int32_t i = 0; i < 4; i++) {
                const uint32_t *r = (i < 2) ? s : d;
                const int32_t acc = (int32_t)((i % 2 == 0) ? (r[0] + r[1] + r[2]) : (r[1] - r[2] - r[3]));
                const int32_t value = eg_smmla(acc, requant[0], eg_add(requant[1], (acc < 0) ? requant[2] : 0)) >> 12;
                y[2 * tile * dims[0] + (i / 2) * dims[1] + (i % 2) * dims[0] + channel]
                    = eg_saturate8(value, -128, 127);
            }
        }
        requant += 4;
    }
}
#endif

struct conv_winograd23_winograd23_conv2d_s8_winograd23_8_tie12_params {
    int16_t in_h;
    int16_t in_w;
    int16_t out_h;
    int16_t out_w;
    int16_t out_c;
    int16_t pad_top;
    int16_t pad_left;
    int16_t pad_value;
};

/* 3x3 convolution of stride 1 by exact integer Winograd F(2x2, 3x3): blocks of 2 rows x 8 columns of outputs, the last ones overlap.
 * Blocks at the border go through a padded copy of their 4 x 10 inputs. v: 16 x (4 x 4 + 8) words. */
static CONV_WINOGRAD23_WINOGRAD23_HOT_SECTION void conv_winograd23_winograd23_conv2d_s8_winograd23_8_tie12(const struct conv_winograd23_winograd23_conv2d_s8_winograd23_8_tie12_params *p, const int32_t *u, const int32_t *requant, const int8_t *x, int8_t *y, void *work)
{
    uint32_t *const v = (uint32_t *)work;
    uint32_t *const end = &v[384];
    int8_t *const copy = (int8_t *)end;
    const struct eg_image image = { x, p->in_h, p->in_w, 8, p->pad_value };
    const int32_t dims[4] = { p->out_c, p->out_w * p->out_c, (p->out_w + 1) * p->out_c, 2 };
    for (int32_t oy = 0; oy < p->out_h; oy += 2) {
        oy = (oy > p->out_h - 2) ? (p->out_h - 2) : oy;
        for (int32_t ox = 0; ox < p->out_w; ox += 8) {
            ox = (ox > p->out_w - 8) ? (p->out_w - 8) : ox;
            const int32_t y0 = oy - p->pad_top;
            const int32_t x0 = ox - p->pad_left;
            int8_t *to = &y[(oy * p->out_w + ox) * p->out_c];
            if ((y0 >= 0) && (y0 + 4 <= p->in_h) && (x0 >= 0) && (x0 + 10 <= p->in_w)) {
                conv_winograd23_winograd23_winograd23_in_8(&x[(y0 * p->in_w + x0) * 8], p->in_w * 8, v);
            } else {
                eg_window(&image, y0, x0, 4, 1, 10, copy);
                conv_winograd23_winograd23_winograd23_in_8(copy, 10 * 8, v);
            }
            const int32_t *weights = u;
            const int32_t *constants = requant;
            for (int32_t c = 0; c + 1 < p->out_c; c += 2) {
                conv_winograd23_winograd23_winograd_gemm16_8(v, weights, end);
                conv_winograd23_winograd23_winograd23_out_8_tie12(&v[16], constants, &to[c], dims);
                weights += 128;
                constants += 8;
            }
        }
    }
}

/* 0: conv2d from CONV_2D #1 'conv' in tiny.tflite
 * int8[1x10x18x8] to int8[1x10x18x8]; kernel winograd23, format winograd23 */
static CONV_WINOGRAD23_WINOGRAD23_HOT_SECTION EG_NOINLINE void conv_winograd23_winograd23_n00_conv2d(const int8_t *x, int8_t *y, void *work)
{
    static const struct conv_winograd23_winograd23_conv2d_s8_winograd23_8_tie12_params p = {
        .in_h = 10,
        .in_w = 18,
        .out_h = 10,
        .out_w = 18,
        .out_c = 8,
        .pad_top = 1,
        .pad_left = 1,
        .pad_value = 3,
    };
    conv_winograd23_winograd23_conv2d_s8_winograd23_8_tie12(&p, conv_winograd23_winograd23_n00_conv2d_filters, conv_winograd23_winograd23_n00_conv2d_requant, x, y, work);
}

CONV_WINOGRAD23_WINOGRAD23_HOT_SECTION
