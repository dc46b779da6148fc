// A cache of compilations on disk, keyed by content.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace assay::compile {

/// Never fails: what goes wrong becomes a warning, each kind once, and costs a compilation.
class Cache {
public:
    /// `folder` is made when the first entry is stored; empty: nothing is kept. Above `max_bytes` the entries that have
    /// not been used for longest go.
    explicit Cache(std::filesystem::path folder, std::uint64_t max_bytes = 512ULL << 20);

    [[nodiscard]] std::optional<nlohmann::json> find(const std::string& key);
    void store(const std::string& key, const nlohmann::json& value);

    [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

private:
    [[nodiscard]] std::filesystem::path path_of(const std::string& key) const;
    void warn(const std::string& kind, const std::string& text);
    void trim();

    std::filesystem::path folder_;
    std::uint64_t max_bytes_;
    std::uint64_t stored_since_trim_ = 0;
    bool trimmed_once_ = false;
    std::vector<std::string> warned_;
    std::vector<std::string> warnings_;
};

} // namespace assay::compile
