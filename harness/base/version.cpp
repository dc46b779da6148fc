#include "base/version.h"

#include <cstring>
#include <elf.h>
#include <fmt/format.h>
#include <link.h>

namespace assay {

namespace {

/// Reads the program's own notes; further objects are libraries.
int find_build_id(dl_phdr_info* object, std::size_t, void* result) {
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        const auto& segment = object->dlpi_phdr[i];
        if (segment.p_type != PT_NOTE) {
            continue;
        }
        const auto* at = reinterpret_cast<const unsigned char*>(object->dlpi_addr + segment.p_vaddr);
        const auto* const end = at + segment.p_memsz;
        while (at + sizeof(ElfW(Nhdr)) <= end) {
            ElfW(Nhdr) note;
            std::memcpy(&note, at, sizeof note);
            const auto* const name = at + sizeof note;
            const auto* const content = name + (note.n_namesz + 3) / 4 * 4;
            if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && std::memcmp(name, "GNU", 4) == 0) {
                for (std::size_t byte = 0; byte < note.n_descsz; ++byte) {
                    *static_cast<std::string*>(result) += fmt::format("{:02x}", content[byte]);
                }
                return 1;
            }
            at = content + (note.n_descsz + 3) / 4 * 4;
        }
    }
    return 1;
}

} // namespace

std::string build_id() {
    std::string result;
    ::dl_iterate_phdr(find_build_id, &result);
    return result;
}

} // namespace assay
