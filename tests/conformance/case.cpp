#include "conformance/case.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <mutex>
#include <random>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>

#include "isa/decode.h"
#include "isa/evaluate.h"
#include "vgpu/codegen/generator.h"
#include "vgpu/core/module.h"
#include "vgpu/interpreter.h"

namespace assay::vgpu::conformance {

namespace {

std::size_t bytes_of(const std::string& type) {
    if (type == "bf16") {
        return 2;
    }
    return std::stoul(type.substr(1)) / 8;
}

Dim3 parse_dim(const std::string& text) {
    Dim3 dim{1, 1, 1};
    std::stringstream stream(text);
    std::string part;
    for (std::size_t i = 0; i < 3 && std::getline(stream, part, ','); ++i) {
        dim[i] = static_cast<std::uint32_t>(std::stoul(part));
    }
    return dim;
}

std::uint64_t bits_of_value(const std::string& type, const std::string& text) {
    if (type == "f32") {
        return std::bit_cast<std::uint32_t>(std::stof(text));
    }
    if (type == "f64") {
        return std::bit_cast<std::uint64_t>(std::stod(text));
    }
    return static_cast<std::uint64_t>(std::stoll(text, nullptr, 0));
}

/// An element from a number.
std::uint64_t encode(const std::string& type, double value) {
    if (type == "f16") {
        return isa::f32_to_f16(static_cast<float>(value));
    }
    if (type == "bf16") {
        return isa::f32_to_bf16(static_cast<float>(value));
    }
    if (type == "f32") {
        return std::bit_cast<std::uint32_t>(static_cast<float>(value));
    }
    if (type == "f64") {
        return std::bit_cast<std::uint64_t>(value);
    }
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
}

bool is_float(const std::string& type) {
    return type[0] == 'f' || type == "bf16";
}

double decode(const std::string& type, std::uint64_t bits) {
    if (type == "f16") {
        return isa::f16_to_f32(static_cast<std::uint16_t>(bits));
    }
    if (type == "bf16") {
        return isa::bf16_to_f32(static_cast<std::uint16_t>(bits));
    }
    if (type == "f32") {
        return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    }
    return std::bit_cast<double>(bits);
}

/// Neighbouring floats are neighbouring numbers.
std::int64_t ordered(const std::string& type, std::uint64_t bits) {
    const std::size_t width = bytes_of(type) * 8;
    const std::uint64_t sign = 1ull << (width - 1);
    const auto magnitude = static_cast<std::int64_t>(bits & (sign - 1));
    return (bits & sign) != 0 ? -magnitude : magnitude;
}

class Collector : public Services {
public:
    explicit Collector(Memory& memory) : memory_(memory) {}
    void print(std::string_view text) override {
        const std::scoped_lock lock(mutex_);
        output += text;
    }
    std::uint64_t heap_allocate(std::uint64_t bytes) override { return memory_.allocate(bytes).value_or(0); }
    void heap_free(std::uint64_t address) override { memory_.free(address); }
    std::string output;

private:
    Memory& memory_;
    std::mutex mutex_;
};

/// Code for a launch, from a module that was loaded for it alone; empty if the generator does not take it.
std::vector<std::byte> make_portable(const std::string& ptx, const LaunchCase& launch, std::uint32_t kernel) {
    Memory memory(1ull << 34, 4ull << 30);
    const auto unlike_others = memory.allocate(4096); // variables lie elsewhere than in the process that runs it
    const auto module = load(isa::decode_text(ptx).value(), memory);
    if (!unlike_others || !module) {
        throw std::runtime_error("the module does not load");
    }
    codegen::Generator generator;
    const auto compiled = generator.compile(*module, kernel);
    return compiled ? codegen::make_portable(**compiled, launch.block, launch.dynamic_shared)
                    : std::vector<std::byte>{};
}

} // namespace

std::size_t make_for(const std::string& cpu, const std::string& ptx, const LaunchCase& launch) {
    const std::uint32_t kernel = isa::decode_text(ptx).value().function_index.at(launch.kernel);
    codegen::set_target(cpu);
    const std::size_t bytes = make_portable(ptx, launch, kernel).size();
    codegen::set_target("");
    return bytes;
}

std::vector<LaunchCase> read_cases(const std::string& text) {
    std::vector<LaunchCase> cases;
    std::stringstream lines(text);
    std::string line;
    while (std::getline(lines, line)) {
        if (!line.starts_with("//!")) {
            continue;
        }
        std::stringstream words(line.substr(3));
        std::string kind, word;
        words >> kind;
        if (kind == "launch") {
            LaunchCase launch;
            words >> launch.kernel;
            while (words >> word) {
                const auto equals = word.find('=');
                const std::string key = word.substr(0, equals);
                const std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
                if (key == "grid") {
                    launch.grid = parse_dim(value);
                } else if (key == "block") {
                    launch.block = parse_dim(value);
                } else if (key == "cluster") {
                    launch.cluster = parse_dim(value);
                } else if (key == "dynamic") {
                    launch.dynamic_shared = static_cast<std::uint32_t>(std::stoul(value));
                } else if (key == "threads") {
                    launch.threads = static_cast<unsigned>(std::stoul(value));
                } else if (key == "cooperative") {
                    launch.cooperative = true;
                } else if (key == "faults") {
                    launch.faults = true;
                } else if (key == "waits") {
                    launch.waits = true;
                } else {
                    throw std::runtime_error("unknown word in: " + line);
                }
            }
            cases.push_back(std::move(launch));
            continue;
        }
        if (cases.empty() || (kind != "buffer" && kind != "value")) {
            throw std::runtime_error("cannot read: " + line);
        }
        Argument argument;
        argument.buffer = kind == "buffer";
        words >> argument.type;
        if (argument.buffer) {
            words >> argument.count;
        }
        words >> argument.contents;
        while (words >> word) {
            if (word.starts_with("ulp=")) {
                argument.ulp = std::stoull(word.substr(4));
            } else if (word.starts_with("abs=")) {
                argument.absolute = std::stod(word.substr(4));
            } else {
                throw std::runtime_error("unknown word in: " + line);
            }
        }
        cases.back().arguments.push_back(std::move(argument));
    }
    return cases;
}

std::vector<std::byte> make_contents(const Argument& argument, std::uint64_t seed) {
    const std::size_t width = bytes_of(argument.type);
    std::vector<std::byte> bytes(argument.count * width);
    std::mt19937_64 random(seed);
    for (std::uint64_t i = 0; i < argument.count; ++i) {
        std::uint64_t bits = 0;
        if (argument.contents == "iota") {
            bits = encode(argument.type, static_cast<double>(i));
        } else if (argument.contents == "small") {
            bits = encode(argument.type, static_cast<double>(static_cast<std::int64_t>(random() % 16)) - 8);
        } else if (argument.contents == "normal") {
            const double mantissa = static_cast<double>(random() >> 11) * 0x1p-53 * 2 - 1;
            bits = encode(argument.type, std::ldexp(mantissa, static_cast<int>(random() % 12) - 4));
        } else if (argument.contents == "bits") {
            bits = random();
        } else if (argument.contents != "zero") {
            throw std::runtime_error("unknown contents " + argument.contents);
        }
        std::memcpy(bytes.data() + i * width, &bits, width);
    }
    return bytes;
}

Outcome run_case(const std::string& ptx, const LaunchCase& launch, Engine engine, Counting counting) {
    Memory memory(1ull << 34, 4ull << 30);
    auto program = isa::decode_text(ptx);
    if (!program) {
        throw std::runtime_error(program.error().to_string());
    }
    auto module = load(std::move(*program), memory);
    if (!module) {
        throw std::runtime_error(module.error().to_string());
    }
    Collector services(memory);
    const std::uint32_t index = module->program.function_index.at(launch.kernel);
    const isa::Function& function = module->program.functions[index];
    if (function.parameters.size() != launch.arguments.size()) {
        throw std::runtime_error(fmt::format("{} takes {} parameters, not {}", launch.kernel,
                                             function.parameters.size(), launch.arguments.size()));
    }
    const std::uint64_t block = memory.allocate(std::max(function.frame_bytes, 16u)).value();
    std::vector<std::pair<std::uint64_t, std::size_t>> buffers;
    for (std::size_t i = 0; i < launch.arguments.size(); ++i) {
        const Argument& argument = launch.arguments[i];
        const isa::ParamSlot& slot = function.parameters[i];
        std::uint64_t value = 0;
        if (argument.buffer) {
            const std::vector<std::byte> contents = make_contents(argument, 1 + i);
            value = memory.allocate(contents.size()).value();
            std::memcpy(reinterpret_cast<void*>(value), contents.data(), contents.size());
            buffers.emplace_back(value, contents.size());
        } else {
            value = bits_of_value(argument.type, argument.contents);
        }
        std::memcpy(reinterpret_cast<void*>(block + slot.offset), &value, std::min<std::size_t>(slot.bytes, 8));
    }
    Launch request;
    request.module = &*module;
    request.kernel = index;
    request.grid = launch.grid;
    request.block = launch.block;
    request.cluster = launch.cluster;
    request.dynamic_shared = launch.dynamic_shared;
    request.parameters = block;
    request.cooperative = launch.cooperative;
    request.memory = &memory;
    request.services = &services;
    request.threads = engine == Engine::Interpreter ? 1 : launch.threads;
    request.counting = counting;

    Outcome outcome;
    if (counting != Counting::Off) {
        outcome.tallies = Tallies(module->program, index);
        request.tallies = &outcome.tallies;
    }
    if (engine == Engine::Interpreter) {
        outcome.fault = interpret(request);
    } else {
        codegen::Generator generator;
        const auto kernel = generator.compile(*module, index);
        if (!kernel) {
            outcome.unsupported = kernel.error().what;
            return outcome;
        }
        if (engine == Engine::Kept &&
            !codegen::adopt(**kernel, launch.block, launch.dynamic_shared, make_portable(ptx, launch, index))) {
            throw std::runtime_error("the code that was made elsewhere does not fit");
        }
        outcome.fault = codegen::run(**kernel, request);
    }
    for (const auto& [address, bytes] : buffers) {
        std::vector<std::byte> contents(bytes);
        std::memcpy(contents.data(), reinterpret_cast<const void*>(address), bytes);
        outcome.buffers.push_back(std::move(contents));
    }
    outcome.output = services.output;
    return outcome;
}

std::string compare(const std::string& ptx, const Tallies& expected, const Tallies& actual) {
    const auto describe = [](const Tally& t) {
        return fmt::format("{} warps, {} threads, {} parted, {} requests of {} sectors, {} of {} passes ({} conflicts)",
                           t.warps, t.threads, t.parted, t.access.global_requests, t.access.sectors,
                           t.access.shared_requests, t.access.passes, t.access.conflicts);
    };
    const auto program = isa::decode_text(ptx).value();
    for (std::size_t function = 0; function < expected.of.size(); ++function) {
        for (std::size_t i = 0; i < expected.of[function].size(); ++i) {
            const std::string a = describe(expected.of[function][i]), b = describe(actual.of[function][i]);
            if (a != b) {
                return fmt::format("`{}`: {}, expected {}", program.functions[function].body[i].text, b, a);
            }
        }
    }
    return {};
}

std::string compare(const Argument& argument, const std::vector<std::byte>& expected,
                    const std::vector<std::byte>& actual) {
    const std::size_t width = bytes_of(argument.type);
    std::size_t wrong = 0;
    std::string first;
    for (std::uint64_t i = 0; i < argument.count; ++i) {
        std::uint64_t a = 0, b = 0;
        std::memcpy(&a, expected.data() + i * width, width);
        std::memcpy(&b, actual.data() + i * width, width);
        bool same = a == b;
        if (!same && is_float(argument.type)) {
            const double x = decode(argument.type, a), y = decode(argument.type, b);
            if (std::isnan(x) || std::isnan(y)) {
                same = std::isnan(x) && std::isnan(y);
            } else {
                const std::int64_t distance = ordered(argument.type, a) - ordered(argument.type, b);
                same = static_cast<std::uint64_t>(distance < 0 ? -distance : distance) <= argument.ulp ||
                       std::fabs(x - y) <= argument.absolute * std::max(1.0, std::fabs(x));
                same = same && (argument.ulp != 0 || argument.absolute != 0);
            }
        }
        if (!same && wrong++ == 0) {
            first = is_float(argument.type) ? fmt::format("element {}: {:#x} ({}), expected {:#x} ({})", i, b,
                                                          decode(argument.type, b), a, decode(argument.type, a))
                                            : fmt::format("element {}: {:#x}, expected {:#x}", i, b, a);
        }
    }
    return wrong == 0 ? "" : fmt::format("{} ({} of {} differ)", first, wrong, argument.count);
}

} // namespace assay::vgpu::conformance
