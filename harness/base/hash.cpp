#include "base/hash.h"

#include <array>
#include <sodium.h>

namespace assay {

std::string hash_hex(std::string_view text) {
    std::array<unsigned char, crypto_generichash_BYTES> digest{};
    crypto_generichash(digest.data(), digest.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                       nullptr, 0);
    std::array<char, 2 * digest.size() + 1> hex{};
    sodium_bin2hex(hex.data(), hex.size(), digest.data(), digest.size());
    return {hex.data(), 2 * digest.size()};
}

} // namespace assay
