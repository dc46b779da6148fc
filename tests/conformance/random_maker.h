// Makes a random program: random_program.cpp its frame and its control flow, random_instructions.cpp and
// random_exchange.cpp what it does.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "conformance/random_program.h"

namespace assay::vgpu::conformance {

class Maker {
public:
    explicit Maker(std::uint64_t seed) : random_(seed) {}
    RandomProgram make();

private:
    static constexpr int input_words = 2048; ///< of each input
    static constexpr unsigned sums = 8;      ///< words_ of shared memory that all threads add to
    static constexpr unsigned device_functions = 3;

    unsigned pick(unsigned below) { return static_cast<unsigned>(random_() % below); }
    bool chance(unsigned percent) { return pick(100) < percent; }
    std::string r() { return fmt::format("%r{}", pick(words_)); }
    std::string f() { return fmt::format("%f{}", pick(floats_)); }
    std::string d() { return fmt::format("%l{}", pick(longs_)); }
    std::string g() { return fmt::format("%d{}", pick(doubles_)); }
    std::string p() { return fmt::format("%p{}", pick(predicates_)); }
    /// A register or a constant.
    std::string a() { return chance(25) ? fmt::format("{}", static_cast<int>(pick(40)) - 12) : r(); }
    std::string label() { return fmt::format("L{}", labels_++); }
    template <std::size_t N> const char* one_of(const char* const (&choices)[N]) { return choices[pick(N)]; }

    template <class... Parts> void line(fmt::format_string<Parts...> format, Parts&&... parts) {
        text_ += fmt::format(format, std::forward<Parts>(parts)...) + ";\n";
    }
    void put_label(const std::string& name) { text_ += name + ":\n"; }

    void choose_launch();
    void make_functions();
    [[nodiscard]] std::string header() const;
    void prologue();
    void epilogue();

    // Control. `together`: the whole block is here. `loop`: the number of enclosing loops.
    void statements(unsigned count, unsigned depth, bool together, unsigned loop);
    void branch(unsigned depth, bool together, unsigned loop);
    void leave(); ///< some threads store their results, part, and return
    void repeat(unsigned depth, bool together, unsigned loop);
    void switch_on(unsigned depth, unsigned loop);
    void call();

    /// The word at an index that is first reduced to the buffer, in one of the ways compilers address.
    void load_word(const std::string& to, const std::string& index);
    void load_float(const std::string& to, const std::string& index);
    void instruction();
    void integer();
    void more_integer();
    void narrow();
    void wide();
    void more_wide();
    void real();
    void more_real();
    void packed();
    void predicate();
    void memory();

    // What threads tell each other.
    void own_shared();
    void atomics();
    void exchange(); ///< what the whole block does together
    void through_shared();
    void warp();
    void matrix();
    /// %t3: the shared address of the word of a thread.
    void shared_word(const std::string& thread);

    std::mt19937_64 random_;
    std::string text_, functions_;
    LaunchCase launch_;
    std::uint32_t threads_ = 32, total_ = 32;
    unsigned labels_ = 0;
    /// How many registers of a kind there are.
    unsigned words_ = 12, floats_ = 8, longs_ = 4, doubles_ = 3, predicates_ = 6;
    unsigned calls_ = 0; ///< that may still be written
    bool uses_local_ = false;
    bool exits_ = false; ///< threads may return before the end: the warp is not always whole
    std::vector<std::string> breaks_, continues_;
};

} // namespace assay::vgpu::conformance
