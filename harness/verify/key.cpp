// The secret key: where it comes from and how it is written down.
#include <cerrno>
#include <fmt/format.h>
#include <sys/random.h>
#include <system_error>

#include "verify/inputs.h"

namespace assay::verify {

Key Key::fresh() {
    Key key;
    // Up to 256 bytes come whole once the kernel's pool is initialised; before that the call waits.
    ssize_t count = -1;
    do {
        count = ::getrandom(key.words.data(), sizeof key.words, 0);
    } while (count < 0 && errno == EINTR);
    if (count != sizeof key.words) {
        // A guessable key would make every verdict worthless, and nothing a caller could do would replace it.
        throw std::system_error(errno, std::generic_category(), "getrandom");
    }
    return key;
}

std::string Key::to_hex() const {
    return fmt::format("{:08x}{:08x}{:08x}{:08x}", words[0], words[1], words[2], words[3]);
}

Result<Key> Key::from_hex(std::string_view text) {
    Key key;
    if (text.size() != 32) {
        return fail(fmt::format("a key has 32 hexadecimal digits, not {} characters", text.size()), "key");
    }
    for (std::size_t i = 0; i < text.size(); i++) {
        const char c = text[i];
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0) {
            return fail(fmt::format("'{}' is no hexadecimal digit", c), "key");
        }
        key.words.at(i / 8) = key.words.at(i / 8) << 4 | static_cast<std::uint32_t>(digit);
    }
    return key;
}

} // namespace assay::verify
