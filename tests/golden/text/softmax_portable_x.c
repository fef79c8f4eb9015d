static const int32_t softmax_portable_x_n00_softmax_table[256] EG_ALIGN(8) SOFTMAX_PORTABLE_X_WEIGHTS_SECTION = {
    2147483647, 2040109464, 1938103990, 1841198790, 1749138850, 1661681907, 1578597811, 1499667920, 1424684524,
    1353450297, 1285777782, 1221488892, 1160414447, 1102393724, 1047274037, 994910335, 945164818, 897906577,
    853011248, 810360685, 769842650, 731350517, 694782991, 660043841, 627041648, 595689565, 565905086,
    537609831, 510729339, 485192872, 460933228, 437886566, 415992237, 395192625, 375432993, 356661343,
    338828275, 321886861, 305792517, 290502891, 275977746, 262178858, 249069915, 236616419, 224785598,
    213546318, 202869002, 192725551, 183089273, 173934809, 165238068, 156976164, 149127355, 141670987,
    134587437, 127858065, 121465161, 115391902, 109622306, 104141190, 98934130, 93987423, 89288051,
    84823648, 80582465, 76553341, 72725673, 69089389, 65634919, 62353173, 59235514, 56273738,
    53460051, 50787048, 48247695, 45835310, 43543544, 41366366, 39298047, 37333144, 35466486,
    33693161, 32008502, 30408076, 28887672, 27443288, 26071123, 24767566, 23529187, 22352727,
    21235090, 20173335, 19164668, 18206434, 17296112, 16431306, 15609740, 14829253, 14087790,
    13383400, 12714230, 12078518, 11474592, 10900862, 10355818, 9838027, 9346125, 8878818,
    8434877, 8013133, 7612476, 7231852, 6870259, 6526746, 6200408, 5890387, 5595867,
    5316073, 5050269, 4797755, 4557867, 4329973, 4113474, 3907800, 3712410, 3526789,
    3350449, 3182926, 3023779, 2872590, 2728960, 2592512, 2462886, 2339741, 2222753,
    2111615, 2006034, 1905732, 1810445, 1719922, 1633925, 1552228, 1474616, 1400885,
    1330840, 1264298, 1201083, 1141028, 1083976, 1029777, 978288, 929373, 882904,
    838758, 796820, 756979, 719130, 683173, 649014, 616563, 585734, 556447,
    528624, 502192, 477082, 453227, 430565, 409036, 388584, 369154, 350696,
    333161, 316502, 300676, 285642, 271359, 257791, 244901, 232655, 221022,
    209970, 199471, 189497, 180022, 171020, 162469, 154345, 146627, 139295,
    132330, 125713, 119427, 113455, 107782, 102392, 97272, 92408, 87787,
    83397, 79227, 75265, 71501, 67925, 64528, 61301, 58235, 55323,
    52556, 49928, 47431, 45059, 42806, 40665, 38631, 36699, 34864,
    33120, 31464, 29890, 28395, 26975, 25626, 24344, 23126, 21969,
    20870, 19826, 18834, 17892, 16997, 16147, 15339, 14572, 13843,
    13150, 12492, 11867, 11273, 10709, 10173, 9664, 9180, 8721,
    8284, 7869, 7475, 7101, 6745, 6407, 6086, 5781, 5491,
    5216, 4955, 4707, 4471,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef SOFTMAX_PORTABLE_X_HOT_SECTION
#define SOFTMAX_PORTABLE_X_HOT_SECTION
#endif

struct softmax_portable_x_softmax_s8_portable_params {
    int32_t rows;
    int32_t classes;
    int32_t table_size;
};

/* softmax over the last axis; table[d] = exp(-d * scale) as Q0.31, 0 beyond its end. Portable C. */
static SOFTMAX_PORTABLE_X_HOT_SECTION void softmax_portable_x_softmax_s8_portable(const struct softmax_portable_x_softmax_s8_portable_params *p, const int32_t *table, const int8_t *x, int8_t *y)
{
    const int8_t *in = x;
    int8_t *out = y;
    for (int32_t row = 0; row < p->rows; row++) {
        int32_t largest = in[0];
        for (int32_t i = 1; i < p->classes; i++) {
            largest = (in[i] > largest) ? in[i] : largest;
        }
        int32_t sum = 0;
        for (int32_t i = 0; i < p->classes; i++) {
            const int32_t d = largest - in[i];
            sum += (d < p->table_size) ? eg_rounding_shift_right(table[d], 12) : 0;
        }
        const int32_t zeros = eg_leading_zeros((uint32_t)sum);
        const int32_t right = 35 - zeros; /* above 31 (a sum of 2^28 and more) every quotient rounds to 0 */
        const int32_t scale = eg_reciprocal_of_one_plus((int32_t)(((uint32_t)sum << (uint32_t)zeros) - 0x80000000U));
        for (int32_t i = 0; i < p->classes; i++) {
            const int32_t d = largest - in[i];
            const int32_t product = (d < p->table_size) ? eg_doubling_high_mul(scale, table[d]) : 0;
            const int32_t value = ((right > 31) ? 0 : eg_rounding_shift_right(product, right)) - 128;
            out[i] = (int8_t)eg_clamp(value, -128, 127);
        }
        in += p->classes;
        out += p->classes;
    }
}

/* 0: softmax from SOFTMAX #0 'softmax' in tiny.tflite
 * int8[1x12] to int8[1x12]; kernel portable, format - */
static SOFTMAX_PORTABLE_X_HOT_SECTION EG_NOINLINE void softmax_portable_x_n00_softmax(const int8_t *x, int8_t *y)
{
    static const struct softmax_portable_x_softmax_s8_portable_params p = {
        .rows = 1,
        .classes = 12,
        .table_size = 256,
    };
    softmax_portable_x_softmax_s8_portable(&p, softmax_portable_x_n00_softmax_table, x, y);
}

SOFTMAX_PORTABLE_X_HOT_SECTION
