#include "base/hash.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

// RFC 7693's function at 32 bytes of output; the expected digests are `b2sum -l 256`'s.
TEST(Hash, IsBlake2b256) {
    EXPECT_EQ(hash_hex(""), "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    EXPECT_EQ(hash_hex("abc"), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

} // namespace
} // namespace assay
