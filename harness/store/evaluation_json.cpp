// The JSON form of an evaluation, schema "assay.evaluation/1"; see evaluation.h.
//
// The keys are the fields' names. Empty fields of a finding, a missing timing, and the origin, duplicate_of and
// data_dependent of a candidate that has none are left out, and the settings of a result that does not know them;
// everything else is always there. A pair is [baseline, candidate, baseline_first].
//
// JSON has no NaN and no infinity, and a dump of an invalid UTF-8 string throws. Both come up: errors are infinite
// when an output is, and texts hold what compilers and candidates print. So numbers that JSON lacks are the strings
// "nan", "inf" and "-inf", and bytes that are no UTF-8 become U+FFFD: what to_json returns can always be dumped.
//
// Reading is strict: an unknown key is an error like a missing one, since a misspelt or foreign field that is silently
// dropped would be a result that silently changed.
#include <cmath>
#include <concepts>
#include <fmt/format.h>
#include <limits>
#include <set>

#include "store/evaluation.h"

namespace assay::store {

namespace {

using nlohmann::json;

constexpr std::string_view schema = "assay.evaluation/1";

json number(double value) {
    if (std::isfinite(value)) {
        return value;
    }
    return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

std::optional<double> number_from(const json& value) {
    if (value.is_number()) {
        return value.get<double>();
    }
    if (value == "nan") {
        return std::numeric_limits<double>::quiet_NaN();
    }
    if (value == "inf" || value == "-inf") {
        return std::copysign(std::numeric_limits<double>::infinity(), value == "inf" ? 1.0 : -1.0);
    }
    return std::nullopt;
}

json text(const std::string& value) {
    return json::parse(json(value).dump(-1, ' ', false, json::error_handler_t::replace));
}

/// A value of unknown shape, made fit to dump.
json sanitized(const json& value) {
    if (value.is_string()) {
        return text(value.get_ref<const std::string&>());
    }
    if (value.is_number_float()) {
        return number(value.get<double>());
    }
    if (value.is_array()) {
        json result = json::array();
        for (const json& element : value) {
            result.push_back(sanitized(element));
        }
        return result;
    }
    if (value.is_object()) {
        json result = json::object();
        for (const auto& [key, element] : value.items()) {
            result[text(key).get<std::string>()] = sanitized(element);
        }
        return result;
    }
    return value.is_binary() || value.is_discarded() ? json() : value;
}

json finding_json(const Finding& finding) {
    json result{{"stage", text(finding.stage)}, {"check", text(finding.check)}, {"detail", text(finding.detail)}};
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) {
            result[name] = text(value);
        }
    };
    add("hint", finding.hint);
    add("file", finding.file);
    add("workload", finding.workload);
    add("regime", finding.regime);
    if (finding.line != 0) {
        result["line"] = finding.line;
    }
    if (!finding.values.is_null()) {
        result["values"] = sanitized(finding.values);
    }
    return result;
}

json timing_json(const Timing& timing) {
    json pairs = json::array();
    for (const Pair& pair : timing.pairs) {
        pairs.push_back({number(pair.baseline), number(pair.candidate), pair.baseline_first});
    }
    return {
        {"workload", text(timing.workload)},
        {"clock", text(timing.clock)},
        {"pairs", std::move(pairs)},
        {"speedup", number(timing.speedup)},
        {"low", number(timing.low)},
        {"high", number(timing.high)},
        {"confidence", number(timing.confidence)},
        {"baseline_seconds", number(timing.baseline_seconds)},
        {"candidate_seconds", number(timing.candidate_seconds)},
        {"speed", to_string(timing.speed)},
        {"stopped", text(timing.stopped)},
    };
}

/// Keys may hold the two characters that a JSON pointer uses itself.
std::string pointer_part(std::string_view key) {
    std::string part;
    for (const char c : key) {
        part += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    }
    return part;
}

/// Reads the fields of one object. The first error stays; what is read after it does not matter, so that the callers
/// list the fields and ask once at the end.
class Reader {
public:
    Reader(const json& object, std::string pointer) : object_(object), pointer_(std::move(pointer)) {
        if (!object_.is_object()) {
            refuse(pointer_, "is no object");
        }
    }

    template <class T> void required(const char* name, T& value) { read(name, value, true); }
    template <class T> void optional(const char* name, T& value) { read(name, value, false); }

    /// The elements of a required array.
    template <class Read> void each(const char* name, Read read_element) {
        const json* const array = find(name, true);
        if (array == nullptr) {
            return;
        }
        if (!array->is_array()) {
            refuse(at(name), "is no array");
            return;
        }
        for (std::size_t i = 0; i < array->size() && !error_; i++) {
            adopt(read_element((*array)[i], fmt::format("{}/{}", at(name), i)));
        }
    }

    /// An object within this one; nothing happens if it is absent.
    template <class Read> void nested(const char* name, Read read_object) {
        if (const json* const object = find(name, false)) {
            adopt(read_object(*object, at(name)));
        }
    }

    /// A required name out of a closed list.
    template <class T, class FromName> void named(const char* name, T& value, FromName from_name) {
        std::string spelling;
        required(name, spelling);
        if (error_) {
            return;
        }
        if (const auto found = from_name(spelling)) {
            value = *found;
        } else {
            refuse(at(name), fmt::format("'{}' is not known", spelling));
        }
    }

    [[nodiscard]] Result<> finish() {
        if (!error_) {
            for (const auto& [key, value] : object_.items()) {
                if (!seen_.contains(key)) {
                    refuse(at(key), "is no field of this schema");
                    break;
                }
            }
        }
        return error_ ? Result<>(std::unexpected(*error_)) : Result<>();
    }

private:
    [[nodiscard]] std::string at(std::string_view name) const { return pointer_ + "/" + pointer_part(name); }

    void refuse(std::string where, std::string what) {
        if (!error_) {
            error_ = Error{std::move(what), std::move(where), {}};
        }
    }

    void adopt(const Result<>& result) {
        if (!result && !error_) {
            error_ = result.error();
        }
    }

    const json* find(const char* name, bool is_required) {
        seen_.insert(name);
        if (error_) {
            return nullptr;
        }
        const auto found = object_.find(name);
        if (found != object_.end()) {
            return &*found;
        }
        if (is_required) {
            refuse(at(name), "is missing");
        }
        return nullptr;
    }

    template <class T> void read(const char* name, T& value, bool is_required) {
        const json* const field = find(name, is_required);
        if (field == nullptr) {
            return;
        }
        if constexpr (std::same_as<T, json>) {
            value = *field;
        } else if constexpr (std::same_as<T, std::string>) {
            if (field->is_string()) {
                value = field->template get<std::string>();
            } else {
                refuse(at(name), "is no string");
            }
        } else if constexpr (std::same_as<T, double>) {
            if (const auto parsed = number_from(*field)) {
                value = *parsed;
            } else {
                refuse(at(name), "is no number");
            }
        } else {
            static_assert(std::same_as<T, std::uint32_t>);
            if (field->is_number_unsigned() && field->template get<std::uint64_t>() <= UINT32_MAX) {
                value = field->template get<std::uint32_t>();
            } else {
                refuse(at(name), "is no integer from 0 to 4294967295");
            }
        }
    }

    const json& object_;
    std::string pointer_;
    std::set<std::string, std::less<>> seen_;
    std::optional<Error> error_;
};

Result<> read_finding(Finding& finding, const json& object, std::string pointer) {
    Reader reader(object, std::move(pointer));
    reader.required("stage", finding.stage);
    reader.required("check", finding.check);
    reader.required("detail", finding.detail);
    reader.optional("hint", finding.hint);
    reader.optional("file", finding.file);
    reader.optional("line", finding.line);
    reader.optional("workload", finding.workload);
    reader.optional("regime", finding.regime);
    reader.optional("values", finding.values);
    return reader.finish();
}

Result<> read_pair(Pair& pair, const json& array, const std::string& pointer) {
    if (!array.is_array() || array.size() != 3 || !array[2].is_boolean()) {
        return fail("is no pair [baseline, candidate, baseline_first]", pointer);
    }
    const auto baseline = number_from(array[0]);
    const auto candidate = number_from(array[1]);
    if (!baseline || !candidate) {
        return fail("is no number", fmt::format("{}/{}", pointer, baseline ? 1 : 0));
    }
    pair = {*baseline, *candidate, array[2].get<bool>()};
    return {};
}

Result<> read_timing(Timing& timing, const json& object, std::string pointer) {
    Reader reader(object, std::move(pointer));
    reader.required("workload", timing.workload);
    reader.required("clock", timing.clock);
    reader.each("pairs", [&](const json& element, const std::string& at) {
        return read_pair(timing.pairs.emplace_back(), element, at);
    });
    reader.required("speedup", timing.speedup);
    reader.required("low", timing.low);
    reader.required("high", timing.high);
    reader.required("confidence", timing.confidence);
    reader.required("baseline_seconds", timing.baseline_seconds);
    reader.required("candidate_seconds", timing.candidate_seconds);
    reader.named("speed", timing.speed, speed_from);
    reader.required("stopped", timing.stopped);
    return reader.finish();
}

Result<> read_text(std::string& value, const json& element, const std::string& pointer) {
    if (!element.is_string()) {
        return fail("is no string", pointer);
    }
    value = element.get<std::string>();
    return {};
}

} // namespace

json to_json(const Evaluation& evaluation) {
    json findings = json::array();
    for (const Finding& finding : evaluation.findings) {
        findings.push_back(finding_json(finding));
    }
    json warnings = json::array();
    for (const std::string& warning : evaluation.warnings) {
        warnings.push_back(text(warning));
    }
    json result{
        {"schema", schema},
        {"id", text(evaluation.id)},
        {"task", text(evaluation.task)},
        {"task_hash", text(evaluation.task_hash)},
        {"suite", text(evaluation.suite)},
        {"candidate", text(evaluation.candidate)},
        {"candidate_path", text(evaluation.candidate_path)},
        {"candidate_hash", text(evaluation.candidate_hash)},
        {"author", text(evaluation.author)},
        {"status", to_string(evaluation.status)},
        {"findings", std::move(findings)},
        {"error_class", text(evaluation.error_class)},
        {"max_error", number(evaluation.max_error)},
        {"not_judged", sanitized(evaluation.not_judged)},
        {"device", sanitized(evaluation.device)},
        {"key", text(evaluation.key)},
        {"rules", sanitized(evaluation.rules)},
        {"sandbox", sanitized(evaluation.sandbox)},
        {"warnings", std::move(warnings)},
        {"stages", sanitized(evaluation.stages)},
        {"started", text(evaluation.started)},
        {"assay_version", text(evaluation.assay_version)},
    };
    if (!evaluation.origin.empty()) {
        result["origin"] = sanitized(evaluation.origin);
    }
    if (!evaluation.data_dependent.is_null()) {
        result["data_dependent"] = sanitized(evaluation.data_dependent);
    }
    if (!evaluation.settings.is_null()) {
        result["settings"] = sanitized(evaluation.settings);
    }
    if (const Library& library = evaluation.library; !library.rule.empty()) {
        result["library"] = {
            {"rule", text(library.rule)}, {"said_by", text(library.said_by)}, {"used", text(library.used)}};
    }
    if (!evaluation.duplicate_of.empty()) {
        result["duplicate_of"] = text(evaluation.duplicate_of);
    }
    if (evaluation.timing) {
        result["timing"] = timing_json(*evaluation.timing);
    }
    return result;
}

Result<Evaluation> evaluation_from_json(const json& object) {
    Evaluation evaluation;
    Reader reader(object, "");
    std::string version;
    reader.required("schema", version);
    if (object.is_object() && object.contains("schema") && version != schema) {
        return fail(fmt::format("the schema is '{}', this version of assay reads '{}'", version, schema), "/schema",
                    "read it with the version of assay that wrote it");
    }
    reader.required("id", evaluation.id);
    reader.required("task", evaluation.task);
    reader.required("task_hash", evaluation.task_hash);
    reader.required("suite", evaluation.suite);
    reader.required("candidate", evaluation.candidate);
    reader.required("candidate_path", evaluation.candidate_path);
    reader.required("candidate_hash", evaluation.candidate_hash);
    reader.required("author", evaluation.author);
    reader.optional("origin", evaluation.origin);
    reader.optional("duplicate_of", evaluation.duplicate_of);
    reader.named("status", evaluation.status, status_from);
    reader.each("findings", [&](const json& element, const std::string& at) {
        return read_finding(evaluation.findings.emplace_back(), element, at);
    });
    reader.required("error_class", evaluation.error_class);
    reader.required("max_error", evaluation.max_error);
    reader.nested("timing", [&](const json& element, const std::string& at) {
        return read_timing(evaluation.timing.emplace(), element, at);
    });
    reader.optional("data_dependent", evaluation.data_dependent);
    reader.nested("library", [&](const json& element, const std::string& at) {
        Reader library(element, at);
        library.required("rule", evaluation.library.rule);
        library.required("said_by", evaluation.library.said_by);
        library.required("used", evaluation.library.used);
        return library.finish();
    });
    reader.optional("not_judged", evaluation.not_judged); // old results lack what they did not record: here and below
    reader.required("device", evaluation.device);
    reader.optional("settings", evaluation.settings);
    reader.required("key", evaluation.key);
    reader.optional("rules", evaluation.rules);
    reader.optional("sandbox", evaluation.sandbox);
    reader.each("warnings", [&](const json& element, const std::string& at) {
        return read_text(evaluation.warnings.emplace_back(), element, at);
    });
    reader.required("stages", evaluation.stages);
    reader.required("started", evaluation.started);
    reader.required("assay_version", evaluation.assay_version);
    if (auto read = reader.finish(); !read) {
        return std::unexpected(read.error());
    }
    return evaluation;
}

} // namespace assay::store
