#ifndef TIMERD_CLIBCRYPTO_SHIM_H
#define TIMERD_CLIBCRYPTO_SHIM_H

#include <openssl/evp.h>
#include <openssl/hmac.h>

#endif
