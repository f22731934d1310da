#include "ckernels.h"

void ck_transpose_x8(size_t rows, size_t columns, const uint8_t *input, uint8_t *output) {
    for (size_t row = 0; row < rows; row++)
        for (size_t column = 0; column < columns; column++) output[column * rows + row] = input[row * columns + column];
}

void ck_flip_sign_x8(size_t count, const uint8_t *input, uint8_t *output) {
    for (size_t index = 0; index < count; index++) output[index] = input[index] ^ 0x80;
}
