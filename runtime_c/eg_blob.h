/* eg_blob.h -- weights in one external file: checked as a whole before anything of it is used. Layout: SPEC.md.
 * SPDX-License-Identifier: 0BSD
 */
#ifndef EG_BLOB_H
#define EG_BLOB_H

#include <stddef.h>
#include <stdint.h>

#include "eg_runtime.h"

#define EG_BLOB_MAGIC 0x42474745U /* "EGGB", little-endian */
#define EG_BLOB_VERSION 2U
#define EG_BLOB_HEADER 56U
#define EG_BLOB_SECTION 12U

#define EG_OK 0
#define EG_ERR_POINTER (-1)   /* no memory, or not aligned to 8 bytes */
#define EG_ERR_SIZE (-2)      /* shorter or longer than this model's weights */
#define EG_ERR_MAGIC (-3)     /* not a file of weights */
#define EG_ERR_VERSION (-4)   /* another version of the container */
#define EG_ERR_MODEL (-5)     /* the weights of another model or build */
#define EG_ERR_LAYOUT (-6)    /* sections are not where this model has them */
#define EG_ERR_CHECKSUM (-7)  /* damaged */
#define EG_ERR_CLOSED (-8)    /* run before a successful open */

/* One section as the code expects it. */
struct eg_blob_section {
    uint32_t offset;
    uint32_t size;
    uint32_t crc;
};

/* What the code expects of the whole file. */
struct eg_blob_expected {
    const uint8_t *model; /* sha256 of the model, 32 bytes */
    const struct eg_blob_section *sections;
    uint32_t count;
    uint32_t size;
};

static inline uint32_t eg_blob_word(const uint8_t *at)
{
    return (uint32_t)at[0] | ((uint32_t)at[1] << 8) | ((uint32_t)at[2] << 16) | ((uint32_t)at[3] << 24);
}

/* CRC-32 (IEEE 802.3, reflected), four bits at a time. */
static inline uint32_t eg_crc32(const uint8_t *data, uint32_t size)
{
    static const uint32_t table[16] = {
        0x00000000U, 0x1DB71064U, 0x3B6E20C8U, 0x26D930ACU, 0x76DC4190U, 0x6B6B51F4U, 0x4DB26158U, 0x5005713CU,
        0xEDB88320U, 0xF00F9344U, 0xD6D6A3E8U, 0xCB61B38CU, 0x9B64C2B0U, 0x86D3D2D4U, 0xA00AE278U, 0xBDBDF21CU,
    };
    uint32_t crc = 0xFFFFFFFFU;
    for (uint32_t i = 0U; i < size; i++) {
        crc ^= data[i];
        crc = (crc >> 4) ^ table[crc & 15U];
        crc = (crc >> 4) ^ table[crc & 15U];
    }
    return crc ^ 0xFFFFFFFFU;
}

static inline int32_t eg_blob_check_header(const uint8_t *data, const struct eg_blob_expected *expected)
{
    if (eg_blob_word(data) != EG_BLOB_MAGIC) {
        return EG_ERR_MAGIC;
    }
    if (eg_blob_word(&data[4]) != EG_BLOB_VERSION) {
        return EG_ERR_VERSION;
    }
    for (uint32_t i = 0U; i < 32U; i++) {
        if (data[8U + i] != expected->model[i]) {
            return EG_ERR_MODEL;
        }
    }
    if ((eg_blob_word(&data[40]) != expected->size) || (eg_blob_word(&data[44]) != expected->count)) {
        return EG_ERR_LAYOUT;
    }
    return EG_OK;
}

/* EG_OK only when every byte of the file is what the code was generated for. Reads nothing beyond `size`. */
static inline int32_t eg_blob_check(const void *blob, size_t size, const struct eg_blob_expected *expected)
{
    const uint8_t *data = (const uint8_t *)blob;
    if ((data == NULL) || (((uintptr_t)blob & 7U) != 0U)) {
        return EG_ERR_POINTER;
    }
    if (size != expected->size) {
        return (size < 4U || eg_blob_word(data) == EG_BLOB_MAGIC) ? EG_ERR_SIZE : EG_ERR_MAGIC;
    }
    const int32_t header = eg_blob_check_header(data, expected);
    if (header != EG_OK) {
        return header;
    }
    const uint32_t head = (EG_BLOB_HEADER + EG_BLOB_SECTION * expected->count + 7U) & ~7U;
    if ((eg_blob_word(&data[48]) != eg_crc32(&data[EG_BLOB_HEADER], head - EG_BLOB_HEADER)) ||
        (eg_blob_word(&data[52]) != head)) {
        return EG_ERR_CHECKSUM;
    }
    for (uint32_t i = 0U; i < expected->count; i++) {
        const struct eg_blob_section *section = &expected->sections[i];
        const uint8_t *entry = &data[EG_BLOB_HEADER + EG_BLOB_SECTION * i];
        if ((eg_blob_word(entry) != section->offset) || (eg_blob_word(&entry[4]) != section->size)) {
            return EG_ERR_LAYOUT;
        }
        if ((eg_blob_word(&entry[8]) != section->crc) ||
            (eg_crc32(&data[section->offset], section->size) != section->crc)) {
            return EG_ERR_CHECKSUM;
        }
    }
    return EG_OK;
}

#endif /* EG_BLOB_H */
