static const int8_t lut_portable_x_n00_lut_table[256] EG_ALIGN(8) LUT_PORTABLE_X_WEIGHTS_SECTION = {
    -97, -97, -97, -97, -97, -96, -96, -96, -96, -96, -95, -95, -95, -95, -95, -94, -94, -94, -94, -93, -93, -93,
    -93, -92, -92, -92, -92, -91, -91, -91, -91, -90, -90, -90, -90, -89, -89, -89, -88, -88, -88, -87, -87, -87,
    -87, -86, -86, -86, -85, -85, -84, -84, -84, -83, -83, -83, -82, -82, -81, -81, -80, -80, -80, -79, -79, -78,
    -78, -77, -77, -76, -76, -75, -75, -74, -73, -73, -72, -72, -71, -70, -70, -69, -68, -68, -67, -66, -66, -65,
    -64, -63, -62, -62, -61, -60, -59, -58, -57, -56, -55, -54, -53, -52, -51, -49, -48, -47, -46, -44, -43, -41,
    -40, -38, -37, -35, -33, -32, -30, -28, -26, -24, -22, -19, -17, -15, -12, -9, -7, -4, 0, 3, 6, 8,
    11, 14, 16, 18, 21, 23, 25, 27, 29, 31, 32, 34, 36, 37, 39, 40, 42, 43, 45, 46, 47, 48,
    50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 61, 62, 63, 64, 65, 65, 66, 67, 67, 68,
    69, 69, 70, 71, 71, 72, 72, 73, 74, 74, 75, 75, 76, 76, 77, 77, 78, 78, 79, 79, 79, 80,
    80, 81, 81, 82, 82, 82, 83, 83, 83, 84, 84, 85, 85, 85, 86, 86, 86, 87, 87, 87, 87, 88,
    88, 88, 89, 89, 89, 89, 90, 90, 90, 90, 91, 91, 91, 91, 92, 92, 92, 92, 93, 93, 93, 93,
    94, 94, 94, 94, 94, 95, 95, 95, 95, 95, 96, 96, 96, 96,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef LUT_PORTABLE_X_HOT_SECTION
#define LUT_PORTABLE_X_HOT_SECTION
#endif

struct lut_portable_x_lut_s8_portable_params {
    int32_t count;
};

/* lut: y = table[x + 128]. */
static LUT_PORTABLE_X_HOT_SECTION void lut_portable_x_lut_s8_portable(const struct lut_portable_x_lut_s8_portable_params *p, const int8_t *table, const int8_t *x, int8_t *y)
{
    for (int32_t i = 0; i < p->count; i++) {
        y[i] = table[(int32_t)x[i] + 128];
    }
}

/* 0: lut from SOFTSIGN #0 'softsign' in tiny.tflite
 * int8[1x6x6x8] to int8[1x6x6x8]; kernel portable, format - */
static LUT_PORTABLE_X_HOT_SECTION EG_NOINLINE void lut_portable_x_n00_lut(const int8_t *x, int8_t *y)
{
    static const struct lut_portable_x_lut_s8_portable_params p = {
        .count = 288,
    };
    lut_portable_x_lut_s8_portable(&p, lut_portable_x_n00_lut_table, x, y);
}

LUT_PORTABLE_X_HOT_SECTION
