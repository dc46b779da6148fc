"""Several source files as one: a candidate is a single translation unit.

Headers stand where they are first included, then each file that no other includes, in the order given. What two files call
by the same name collides, as it would in one file."""
import posixpath
import re

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"[^\n]*$', re.M)


def find(files, included, by):
    """The file that `by` includes under a name: beside it, below the root, or the only one called so."""
    for path in (posixpath.normpath(posixpath.join(posixpath.dirname(by), included)), posixpath.normpath(included)):
        if path in files:
            return path
    same = [path for path in files if posixpath.basename(path) == posixpath.basename(included)]
    return same[0] if len(same) == 1 else None


def joined(files, units):
    """`files`: path to text, of all there are; `units`: paths of those to compile."""
    seen = set()

    def text_of(path):
        seen.add(path)

        def included(match):
            target = find(files, match[1], path)
            if target is None:
                return match[0]  # a header of CUDA's or PyTorch's in quotation marks
            return f"// {target}" if target in seen else f"// {target}\n{text_of(target)}"
        text = INCLUDE.sub(included, files[path])
        return re.sub(r"^[ \t]*#[ \t]*pragma[ \t]+once[^\n]*$", "", text, flags=re.M)

    # Only what nobody includes is a unit of its own, whatever its name.
    used = {find(files, name, path) for path in files for name in INCLUDE.findall(files[path])}
    parts = [f"// {path}\n{text_of(path)}" for path in units if path not in used]
    return parts[0].split("\n", 1)[1] if len(parts) == 1 else "\n".join(parts)
