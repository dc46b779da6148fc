#include "same.h"

#include <algorithm>

namespace assay::ptx {

namespace {

/// Members of a class, so that each overload sees all others. Variants are templates, so that none converts to one.
struct Comparison {
    template <class T> static bool same(const std::vector<T>& a, const std::vector<T>& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const T& x, const T& y) { return same(x, y); });
    }

    template <class T> static bool same(const std::optional<T>& a, const std::optional<T>& b) {
        return a.has_value() == b.has_value() && (!a || same(*a, *b));
    }

    template <class... T> static bool same(const std::variant<T...>& a, const std::variant<T...>& b) {
        return a.index() == b.index() &&
               std::visit([&b](const auto& x) { return same(x, std::get<std::decay_t<decltype(x)>>(b)); }, a);
    }

    static bool same(const Guard& a, const Guard& b) { return a.predicate == b.predicate && a.negated == b.negated; }

    static bool same(const Instruction& a, const Instruction& b) {
        return same(a.guard, b.guard) && a.opcode == b.opcode && a.modifiers == b.modifiers &&
               same(a.operands, b.operands);
    }

    static bool same(const Label& a, const Label& b) { return a.name == b.name; }

    static bool same(const Location& a, const Location& b) {
        return a.file == b.file && a.line == b.line && a.column == b.column && a.function_name == b.function_name &&
               a.inlined_file == b.inlined_file && a.inlined_line == b.inlined_line &&
               a.inlined_column == b.inlined_column;
    }

    static bool same(const RegisterDeclaration::Name& a, const RegisterDeclaration::Name& b) {
        return a.name == b.name && a.count == b.count;
    }

    static bool same(const RegisterDeclaration& a, const RegisterDeclaration& b) {
        return a.type == b.type && a.vector == b.vector && same(a.names, b.names);
    }

    static bool same(const Initializer& a, const Initializer& b) {
        return same(a.value, b.value) && a.generic == b.generic && a.mask == b.mask && a.field == b.field;
    }

    static bool same(const Variable& a, const Variable& b) {
        return a.linkage == b.linkage && a.space == b.space && a.alignment == b.alignment && a.vector == b.vector &&
               a.type == b.type && a.name == b.name && a.dimensions == b.dimensions &&
               a.pointer_attributes == b.pointer_attributes && a.attributes == b.attributes &&
               same(a.initializer, b.initializer);
    }

    static bool same(const Directive& a, const Directive& b) { return a.name == b.name && a.text == b.text; }

    static bool same(const Targets& a, const Targets& b) {
        return a.call == b.call && a.label == b.label && a.names == b.names;
    }

    static bool same(const CallPrototype& a, const CallPrototype& b) {
        return a.label == b.label && same(a.returns, b.returns) && same(a.parameters, b.parameters) &&
               a.noreturn == b.noreturn;
    }

    static bool same(const std::unique_ptr<Scope>& a, const std::unique_ptr<Scope>& b) { return same(*a, *b); }

    static bool same(const Scope& a, const Scope& b) { return same(a.statements, b.statements); }

    static bool same(const Function& a, const Function& b) {
        return a.linkage == b.linkage && a.entry == b.entry && a.attributes == b.attributes && a.name == b.name &&
               same(a.returns, b.returns) && same(a.parameters, b.parameters) && same(a.directives, b.directives) &&
               same(a.body, b.body);
    }

    static bool same(const File& a, const File& b) {
        return a.index == b.index && a.path == b.path && a.attributes == b.attributes;
    }

    static bool same(const Section& a, const Section& b) { return a.text == b.text; }

    static bool same(const Operand& a, const Operand& b) {
        return a.kind == b.kind && a.literal == b.literal && a.negated == b.negated && a.name == b.name &&
               a.text == b.text && a.bits == b.bits && a.offset == b.offset && same(a.elements, b.elements);
    }
};

} // namespace

bool same(const Operand& a, const Operand& b) {
    return Comparison::same(a, b);
}

bool same(const Statement& a, const Statement& b) {
    return Comparison::same(a, b);
}

bool same(const TopLevel& a, const TopLevel& b) {
    return Comparison::same(a, b);
}

bool same(const Module& a, const Module& b) {
    return a.version_major == b.version_major && a.version_minor == b.version_minor && a.targets == b.targets &&
           a.address_size == b.address_size && Comparison::same(a.items, b.items);
}

} // namespace assay::ptx
