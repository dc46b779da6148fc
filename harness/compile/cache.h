// A cache on disk, keyed by content: of compilations, of machine code.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::compile {

/// Never fails: what goes wrong becomes a warning, each kind once, and costs a compilation.
class Cache {
public:
    /// Of what all entries of a folder may take.
    static constexpr std::uint64_t default_max_bytes = 512ULL << 20;

    /// `folder` is made when the first entry is stored; empty: nothing is kept. Above `max_bytes` the entries that have
    /// not been used for longest go, and what takes more than a quarter alone is not kept. An entry that this user or
    /// root has not written, or that others may write, is as good as none.
    explicit Cache(std::filesystem::path folder, std::uint64_t max_bytes = default_max_bytes);

    [[nodiscard]] std::optional<nlohmann::json> find(const std::string& key);
    void store(const std::string& key, const nlohmann::json& value);
    /// The same of bytes; a key is of one or the other.
    [[nodiscard]] std::optional<std::string> find_bytes(const std::string& key);
    void store_bytes(const std::string& key, std::string_view content);

    /// What the entries take now.
    [[nodiscard]] std::uint64_t bytes() const;

    [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

private:
    [[nodiscard]] std::optional<std::string> read(const std::string& name);
    void write(const std::string& name, std::string_view content);
    void warn(const std::string& kind, const std::string& text);
    void drop_corrupt(const std::filesystem::path& path);
    void trim();

    std::filesystem::path folder_;
    std::uint64_t max_bytes_;
    std::uint64_t stored_since_trim_ = 0;
    bool trimmed_once_ = false;
    std::vector<std::string> warned_;
    std::vector<std::string> warnings_;
};

} // namespace assay::compile
