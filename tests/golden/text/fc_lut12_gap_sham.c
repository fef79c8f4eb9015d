static const uint8_t fc_lut12_gap_sham_n00_fully_connected_counts[8] EG_ALIGN(8) FC_LUT12_GAP_SHAM_WEIGHTS_SECTION = {
    16U, 16U, 15U, 16U, 16U, 16U, 16U, 16U,
};

static const uint16_t fc_lut12_gap_sham_n00_fully_connected_gap_lut[2] EG_ALIGN(8) FC_LUT12_GAP_SHAM_WEIGHTS_SECTION = {
    256U, 257U,
};

static const uint16_t fc_lut12_gap_sham_n00_fully_connected_value_lut[128] EG_ALIGN(8) FC_LUT12_GAP_SHAM_WEIGHTS_SECTION = {
    1345U, 1345U, 1345U, 1345U, 1680U, 1680U, 1694U, 1694U, 1696U, 1696U, 1713U, 1713U, 1731U, 1731U, 1734U,
    1734U, 1739U, 1739U, 1744U, 1744U, 1772U, 1772U, 1773U, 1773U, 1780U, 1780U, 1781U, 1781U, 1785U, 1785U,
    1539U, 1539U, 1547U, 1547U, 1573U, 1573U, 1592U, 1592U, 1600U, 1600U, 1618U, 1618U, 1622U, 1622U, 1623U,
    1623U, 1631U, 1631U, 1659U, 1659U, 1922U, 1926U, 1928U, 1929U, 1931U, 1934U, 1938U, 1941U, 1942U, 1944U,
    1955U, 1957U, 1958U, 1961U, 1972U, 1975U, 1977U, 1984U, 1985U, 1986U, 1991U, 1992U, 1998U, 2003U, 2005U,
    2008U, 2012U, 2013U, 2014U, 2018U, 2023U, 2025U, 2038U, 2043U, 2044U, 1793U, 1794U, 1796U, 1799U, 1802U,
    1805U, 1806U, 1813U, 1816U, 1821U, 1822U, 1823U, 1828U, 1835U, 1836U, 1839U, 1849U, 1850U, 1858U, 1861U,
    1862U, 1863U, 1865U, 1866U, 1869U, 1870U, 1873U, 1876U, 1882U, 1883U, 1884U, 1885U, 1886U, 1888U, 1895U,
    1898U, 1899U, 1900U, 1906U, 1907U, 1910U, 1912U, 1914U,
};

static const uint8_t fc_lut12_gap_sham_n00_fully_connected_stream[129] EG_ALIGN(8) FC_LUT12_GAP_SHAM_WEIGHTS_SECTION = {
    28U, 60U, 7U, 195U, 83U, 210U, 143U, 104U, 98U, 93U, 69U, 7U, 112U, 69U, 81U, 34U, 180U, 116U,
    104U, 232U, 1U, 85U, 150U, 244U, 161U, 141U, 129U, 18U, 2U, 12U, 127U, 60U, 79U, 80U, 119U, 64U,
    85U, 12U, 102U, 76U, 18U, 62U, 160U, 51U, 4U, 223U, 78U, 217U, 68U, 16U, 122U, 70U, 102U, 63U,
    73U, 126U, 20U, 174U, 32U, 24U, 182U, 1U, 173U, 73U, 171U, 205U, 47U, 2U, 205U, 137U, 44U, 23U,
    82U, 78U, 4U, 53U, 133U, 161U, 197U, 5U, 117U, 184U, 50U, 89U, 101U, 197U, 102U, 49U, 230U, 0U,
    55U, 62U, 32U, 80U, 225U, 145U, 157U, 172U, 184U, 85U, 182U, 212U, 192U, 170U, 103U, 40U, 78U, 76U,
    78U, 101U, 157U, 132U, 142U, 95U, 14U, 242U, 100U, 84U, 138U, 33U, 32U, 0U, 0U, 0U, 0U, 0U,
    0U, 0U, 0U,
};

static const int32_t fc_lut12_gap_sham_n00_fully_connected_bias[8] EG_ALIGN(8) FC_LUT12_GAP_SHAM_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t fc_lut12_gap_sham_n00_fully_connected_multiplier[1] EG_ALIGN(8) FC_LUT12_GAP_SHAM_WEIGHTS_SECTION = {
    1099511628,
};

static const int8_t fc_lut12_gap_sham_n00_fully_connected_shift[1] EG_ALIGN(8) FC_LUT12_GAP_SHAM_WEIGHTS_SECTION = {
    -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_LUT12_GAP_SHAM_HOT_SECTION
#define FC_LUT12_GAP_SHAM_HOT_SECTION
#endif

struct fc_lut12_gap_sham_fully_connected_s8_lut12_gap_sham_double_down_1_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int32_t gap_shift;
    int32_t value_shift;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* fully_connected: y = clamp(requantize(bias + w x)). w as Huffman codes of gaps and of values. */
static FC_LUT12_GAP_SHAM_HOT_SECTION EG_NOINLINE void fc_lut12_gap_sham_fully_connected_s8_lut12_gap_sham_double_down_1(const struct fc_lut12_gap_sham_fully_connected_s8_lut12_gap_sham_double_down_1_params *p,
    const uint8_t *counts,
    const uint16_t *gap_lut,
    const uint16_t *value_lut,
    const uint8_t *stream,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y)
{
    for (int32_t item = 0; item < p->batch; item++) {
        uint32_t position = 0;

        for (int32_t row = 0; row < p->rows; row++) {
            int32_t acc = bias[row];
            const int8_t *at = x;
            for (uint32_t left = counts[row]; left != 0U; left--) {
                uint32_t window = eg_peek(stream, position);
                uint32_t gap = gap_lut[window >> p->gap_shift];
            window <<= gap >> 8;
                uint32_t value = value_lut[window >> p->value_shift];
            position += (gap >> 8) + (value >> 8);
                at += gap & 0xFFU;
                acc += eg_signed_byte(value) * *at++;
            }

            const int32_t q = row * p->requant_step;
            acc = eg_requantize_double_down(acc, multiplier[q], shift[q]) + p->zero_point;
            *y++ = (int8_t)eg_clamp(acc, p->lo, p->hi);
        }
        x += p->columns;
    }
}


/* 0: fully_connected from FULLY_CONNECTED #1 'dense' in tiny.tflite
 * int8[1x16] to int8[1x8]; kernel lut12, format gap_sham */
static FC_LUT12_GAP_SHAM_HOT_SECTION EG_NOINLINE void fc_lut12_gap_sham_n00_fully_connected(const int8_t *x, int8_t *y)
{
    static const struct fc_lut12_gap_sham_fully_connected_s8_lut12_gap_sham_double_down_1_params p = {
        .batch = 1,
        .rows = 8,
        .columns = 16,
        .gap_shift = 31,
        .value_shift = 25,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 0,
    };
    fc_lut12_gap_sham_fully_connected_s8_lut12_gap_sham_double_down_1(&p, fc_lut12_gap_sham_n00_fully_connected_counts, fc_lut12_gap_sham_n00_fully_connected_gap_lut, fc_lut12_gap_sham_n00_fully_connected_value_lut, fc_lut12_gap_sham_n00_fully_connected_stream, fc_lut12_gap_sham_n00_fully_connected_bias, fc_lut12_gap_sham_n00_fully_connected_multiplier, fc_lut12_gap_sham_n00_fully_connected_shift, x, y);
}

FC_LUT12_GAP_SHAM_HOT_SECTION
