// The syntax tree of a PTX module, as written.
//
// The tree keeps what the text said (literals keep their spelling, opcodes their modifiers in order), so that
// parse → print → parse is the identity. It resolves nothing: names stay names. `isa/decode.h` turns a tree into a
// typed program. Grammar: PTX ISA 9.0, sections 4 (syntax), 5 (state spaces and types), 6 (operands), 7 (functions), 9
// (instructions), 11 (directives).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace assay::ptx {

/// A place in the PTX text; lines and columns count from 1, 0 is "unknown".
struct Position {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    friend bool operator==(const Position&, const Position&) = default;
};

/// An operand or a constant expression.
struct Operand {
    enum class Kind : std::uint8_t {
        Identifier, ///< register, special register (`%tid.x`), variable, function or label: `name`, plus `offset`
        Literal,    ///< `text` as written (a constant expression too: `4 * 8 + 1`, `WARP_SZ`), `bits` its value
        Address,    ///< `[a]`, `[a+8]`, `[a, {b, c}]`: `elements` are the parts; the first's offset is the Address's
                    ///< own `offset`
        Vector,     ///< `{a, b}`: `elements`
        Pair,       ///< `p|q`: two `elements`
        List,       ///< `(a, b)` of a call: `elements`
        Sink,       ///< `_`
    };
    enum class Literal : std::uint8_t {
        Integer, ///< `bits` is the value in two's complement, 64 bits
        Float32, ///< `0f3F800000`: `bits` holds the 32 bits
        Float64, ///< `0d...` or a decimal fraction: `bits` holds the 64 bits of the double
    };

    Kind kind = Kind::Sink;
    Literal literal = Literal::Integer;
    bool negated = false; ///< `!p` before an identifier
    std::string name;
    std::string text;
    std::uint64_t bits = 0;
    std::int64_t offset = 0;
    std::vector<Operand> elements;
    Position position;
};

/// `@p` or `@!p`.
struct Guard {
    std::string predicate;
    bool negated = false;
};

/// `ld.global.nc.v4.f32`: opcode "ld", modifiers {"global", "nc", "v4", "f32"} (`::` stays inside a modifier:
/// `shared::cta`, `L1::no_allocate`).
struct Instruction {
    std::optional<Guard> guard;
    std::string opcode;
    std::vector<std::string> modifiers;
    std::vector<Operand> operands;
    Position position;
};

struct Label {
    std::string name;
    Position position;
};

/// `.loc 1 24 5` and `.loc 1 24 5, function_name $L__info_string0, inlined_at 1 17 3`. It holds until the next.
struct Location {
    std::uint32_t file = 0; ///< index given by a `.file` directive
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    std::string function_name; ///< with `+offset` where there is one; empty unless inlined
    std::uint32_t inlined_file = 0;
    std::uint32_t inlined_line = 0;
    std::uint32_t inlined_column = 0;
    Position position;
};

/// `.reg .b32 %r<13>;` or `.reg .pred p, q;`
struct RegisterDeclaration {
    struct Name {
        std::string name;
        std::optional<std::uint32_t> count; ///< `%r<13>` declares %r0 … %r12
    };
    std::string type;   ///< without the dot: "b32"
    std::string vector; ///< "v2", "v4" or empty
    std::vector<Name> names;
    Position position;
};

/// One initialiser: a literal, an address (`symbol+offset`, `generic(symbol)`), `mask(...)`, or a nested list.
struct Initializer {
    std::variant<Operand, std::vector<Initializer>> value;
    bool generic = false;              ///< `generic(symbol)`
    std::optional<std::uint64_t> mask; ///< `mask(symbol)`: e.g. `0xFF(symbol)`
    std::string field;                 ///< of a sampler or texture: `filter_mode = nearest`; else empty
};

/// A variable or parameter: `.visible .global .align 4 .b8 table[16] = {...};`
struct Variable {
    std::vector<std::string> linkage; ///< "extern", "visible", "weak", "common"
    std::string space;                ///< "global", "const", "shared", "local", "param", "tex", a parameter's "reg"
    std::optional<std::uint32_t> alignment;
    std::string vector; ///< "v2", "v4" or empty
    std::string type;   ///< "b8", "u64", "texref", ...
    std::string name;
    std::vector<std::optional<std::uint64_t>> dimensions; ///< `[16][4]`; nullopt for `[]`
    std::vector<std::string> pointer_attributes;          ///< `.ptr .global .align 16`: "ptr", "global", "align", "16"
    std::vector<std::string> attributes;                  ///< `.attribute(.managed, .unified(1, 2))`: "managed", ...
    std::optional<Initializer> initializer;
    Position position;
};

/// A directive kept as text: `.pragma "nounroll"`, `.maxntid 256, 1, 1`, `.alias f, g`.
struct Directive {
    std::string name; ///< without the dot
    std::string text; ///< the operands, `, ` between them and no semicolon: `"nounroll"` with its quotes, `256, 1, 1`
    Position position;
};

/// `name: .branchtargets A, B;`, `name: .calltargets f, g;`
struct Targets {
    bool call = false;
    std::string label;
    std::vector<std::string> names;
    Position position;
};

struct Function;

/// `name: .callprototype (.param .b32 _) _ (.param .b64 _);`
struct CallPrototype {
    std::string label;
    std::vector<Variable> returns;
    std::vector<Variable> parameters;
    bool noreturn = false;
    Position position;
};

struct Scope;
using Statement = std::variant<Instruction, Label, Location, RegisterDeclaration, Variable, Directive, Targets,
                               CallPrototype, std::unique_ptr<Scope>>;

/// `{ ... }`: names declared inside, labels among them, are visible inside only (inline assembly repeats them).
struct Scope {
    std::vector<Statement> statements;
    Position position;
};

struct Function {
    std::vector<std::string> linkage; ///< "extern", "visible", "weak"
    bool entry = false;
    std::vector<std::string> attributes; ///< of `.attribute(...)` before the name, as in a Variable
    std::string name;
    std::vector<Variable> returns;
    std::vector<Variable> parameters;
    std::vector<Directive> directives; ///< after the parameters: "maxntid", "reqntid", "maxnreg", "noreturn", ...
    std::optional<Scope> body;         ///< none: a declaration
    Position position;
};

struct File {
    std::uint32_t index = 0;
    std::string path;
    std::vector<std::uint64_t> attributes; ///< timestamp, size; usually none
    Position position;
};

/// Module-level text that is kept word for word: `.section .debug_str { ... }`.
struct Section {
    std::string text;
    Position position;
};

using TopLevel = std::variant<Function, Variable, File, Section, Directive>;

struct Module {
    std::uint32_t version_major = 0;
    std::uint32_t version_minor = 0;
    std::vector<std::string> targets; ///< "sm_90", "debug", ...
    std::uint32_t address_size = 64;
    std::vector<TopLevel> items; ///< in the order of the text
};

} // namespace assay::ptx
