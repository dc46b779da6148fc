#include "base/json.h"

#include <fmt/format.h>

namespace assay {

Result<nlohmann::json> parse_json(std::string_view text, int max_depth) {
    using nlohmann::json;
    bool too_deep = false;
    const auto bound_depth = [&](int depth, json::parse_event_t event, json&) { // the depth of what it begins in
        const bool begins = event == json::parse_event_t::array_start || event == json::parse_event_t::object_start;
        too_deep = too_deep || (begins && depth >= max_depth);
        return !too_deep; // an element that is not kept is not built
    };
    try {
        json value = json::parse(text, bound_depth);
        if (!too_deep) {
            return value;
        }
    } catch (const json::exception& error) {
        if (!too_deep) {
            return fail(fmt::format("is not JSON: {}", error.what()));
        }
    }
    return fail(fmt::format("is nested deeper than {}", max_depth));
}

} // namespace assay
