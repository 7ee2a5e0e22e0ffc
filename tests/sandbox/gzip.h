/* Bodies as gzip (RFC 1952) without a compressor: one that is honest, one that is a bomb. */
#ifndef MUSTER_SANDBOX_GZIP_H
#define MUSTER_SANDBOX_GZIP_H

#include "sandbox/body.h"

/* Reads the whole body and puts it into stored blocks; for bodies of ordinary size. Returns 0, or -1 when
 * memory ran out. */
int gzip_wrap(struct body *body);

/* Half a megabyte that becomes 536641033 spaces, in place of the body. Returns 0 or -1. */
int gzip_bomb(struct body *body);

#endif
