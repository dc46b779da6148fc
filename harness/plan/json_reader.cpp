#include "plan/json_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "plan/hex.h"

namespace assay::plan {

void JsonReader::fail(const Place& place, std::string what, std::string hint) {
    if (!error_) {
        error_ = Error{std::move(what), place.pointer.empty() ? "/" : place.pointer, std::move(hint)};
    }
}

bool JsonReader::object(const Place& place, std::initializer_list<std::string_view> required,
                        std::initializer_list<std::string_view> optional) {
    if (failed() || place.json == nullptr || !place.json->is_object()) {
        fail(place, "an object is expected");
        return false;
    }
    for (const std::string_view key : required) {
        if (!place.json->contains(key)) {
            fail(place, fmt::format("`{}` is missing", key));
            return false;
        }
    }
    for (const auto& [key, value] : place.json->items()) {
        const auto known = [&](const auto& list) { return std::ranges::find(list, key) != list.end(); };
        if (!known(required) && !known(optional)) {
            fail(member(place, key), "an unknown field");
            return false;
        }
    }
    return true;
}

bool JsonReader::has(const Place& object, std::string_view key) const {
    return !failed() && object.json != nullptr && object.json->is_object() && object.json->contains(key);
}

JsonReader::Place JsonReader::member(const Place& object, std::string_view key) const {
    return {has(object, key) ? &object.json->at(std::string(key)) : nullptr, fmt::format("{}/{}", object.pointer, key)};
}

std::vector<JsonReader::Place> JsonReader::elements(const Place& place, std::size_t length) {
    if (failed() || place.json == nullptr || !place.json->is_array()) {
        fail(place, "an array is expected");
        return std::vector<Place>(length);
    }
    if (length != 0 && place.json->size() != length) {
        fail(place, fmt::format("an array of {} is expected", length));
        return std::vector<Place>(length);
    }
    std::vector<Place> result;
    result.reserve(place.json->size());
    for (std::size_t i = 0; i < place.json->size(); ++i) {
        result.push_back({&(*place.json)[i], fmt::format("{}/{}", place.pointer, i)});
    }
    return result;
}

std::uint64_t JsonReader::number(const Place& place, std::uint64_t most) {
    const bool integer = !failed() && place.json != nullptr && place.json->is_number_integer();
    if (!integer || (!place.json->is_number_unsigned() && place.json->get<std::int64_t>() < 0)) {
        fail(place, "a non-negative integer is expected");
        return 0;
    }
    const auto value = place.json->get<std::uint64_t>();
    if (value > most) {
        fail(place, fmt::format("{} is more than {}", value, most));
        return 0;
    }
    return value;
}

nlohmann::json real_to_json(double value) {
    if (std::isfinite(value)) {
        return value;
    }
    return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

double JsonReader::real(const Place& place) {
    if (!failed() && place.json != nullptr && place.json->is_string()) {
        for (const double value : {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
                                   std::numeric_limits<double>::quiet_NaN()}) {
            if (*place.json == real_to_json(value)) {
                return value;
            }
        }
    }
    if (failed() || place.json == nullptr || !place.json->is_number()) {
        fail(place, "a number is expected");
        return 0;
    }
    return place.json->get<double>();
}

bool JsonReader::boolean(const Place& place) {
    if (failed() || place.json == nullptr || !place.json->is_boolean()) {
        fail(place, "true or false is expected");
        return false;
    }
    return place.json->get<bool>();
}

std::string JsonReader::string(const Place& place) {
    if (failed() || place.json == nullptr || !place.json->is_string()) {
        fail(place, "a string is expected");
        return {};
    }
    return place.json->get<std::string>();
}

std::vector<std::byte> JsonReader::hex(const Place& place) {
    auto bytes = from_hex(string(place));
    if (!bytes) {
        fail(place, "an even number of the digits 0-9 and a-f is expected");
        return {};
    }
    return std::move(*bytes);
}

} // namespace assay::plan
