// Content hashes: what caches are keyed by, and how results name the exact text that was judged.
#pragma once

#include <string>
#include <string_view>

namespace assay {

/// BLAKE2b-256 as 64 hexadecimal digits. Cryptographic, because candidates choose the text: nobody can make two sources
/// that share a cache entry.
[[nodiscard]] std::string hash_hex(std::string_view text);

} // namespace assay
