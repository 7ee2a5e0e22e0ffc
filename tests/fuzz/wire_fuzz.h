/* What the two wire targets share: bytes are decoded whole and cut, both ways must tell the same; every
 * payload is taken apart as its type says. The first byte of the input is the mode, the second the cut. */
#ifndef MUSTER_TESTS_FUZZ_WIRE_FUZZ_H
#define MUSTER_TESTS_FUZZ_WIRE_FUZZ_H

#include "wire/wire.h"

#include <stddef.h>
#include <stdint.h>

int wire_fuzz(enum wire_side from, const uint8_t *data, size_t size);

#endif
