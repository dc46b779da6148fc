"""Files that a candidate writes, in order to build them: kept in memory, since it may write nowhere.

`load(sources=[path])` takes them from there. What it reads else is the disk's, where it may read next to nothing."""
import builtins
import io
import os
import pathlib
import shutil
import tempfile

files = {}  # path to text
on_disk = {"open": builtins.open, "exists": os.path.exists}


def path_of(file):
    return os.path.normpath(os.fspath(file))


class Written(io.StringIO):
    """A file that is being written, under a name."""

    def __init__(self, name, text=""):
        super().__init__()
        self.path = name
        self.write(text)

    @property
    def name(self):
        return self.path

    def write(self, text):
        return super().write(text.decode() if isinstance(text, (bytes, bytearray)) else text)

    def flush(self):
        files[path_of(self.path)] = self.getvalue()

    def close(self):
        self.flush()

    def fileno(self):
        return -1


def opened(file, mode="r", *arguments, **named):
    if isinstance(file, int):
        return on_disk["open"](file, mode, *arguments, **named)
    if "w" in mode or "x" in mode or "a" in mode:
        return Written(os.fspath(file), files.get(path_of(file), "") if "a" in mode else "")
    if path_of(file) in files:
        text = files[path_of(file)]
        return io.BytesIO(text.encode()) if "b" in mode else io.StringIO(text)
    return on_disk["open"](file, mode, *arguments, **named)


def exists(file):
    return (not isinstance(file, int) and path_of(file) in files) or on_disk["exists"](file)


class Folder:
    """tempfile.TemporaryDirectory"""
    made = 0

    def __init__(self, suffix=None, prefix=None, dir=None, **_):
        Folder.made += 1
        self.name = f"{dir or '/tmp'}/{prefix or 'tmp'}{Folder.made}{suffix or ''}"

    def __enter__(self):
        return self.name

    def __exit__(self, *_):
        return False

    def cleanup(self):
        pass


def temporary(mode="w+b", suffix=None, prefix=None, dir=None, **_):
    return Written(Folder(suffix, prefix, dir).name)


def nothing(*_, **__):
    pass


def begin():
    """For a new candidate."""
    files.clear()
    os.environ.setdefault("HOME", "/root")  # else it is looked up
    builtins.open = io.open = opened
    os.makedirs = os.mkdir = os.rmdir = os.remove = os.unlink = os.chmod = shutil.rmtree = nothing
    os.path.exists = os.path.isfile = exists
    tempfile.tempdir = "/tmp"
    tempfile.mkdtemp = lambda *arguments, **named: Folder(*arguments, **named).name
    tempfile.TemporaryDirectory, tempfile.NamedTemporaryFile = Folder, temporary
    path = pathlib.Path
    path.open = lambda self, *arguments, **named: opened(self, *arguments, **named)
    path.write_text = lambda self, text, *_, **__: files.__setitem__(path_of(self), text)
    path.read_text = lambda self, *_, **__: opened(self).read()
    path.exists = path.is_file = exists
    path.mkdir = path.unlink = path.rmdir = path.touch = nothing
