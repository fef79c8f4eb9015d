#ifndef TINY_WEIGHTS_H
#define TINY_WEIGHTS_H

#include "tiny.h"

extern const int8_t tiny_w1[TINY_HIDDEN_SIZE][TINY_INPUT_SIZE];
extern const int8_t tiny_w2[TINY_OUTPUT_SIZE][TINY_HIDDEN_SIZE];

#endif
