"""What each function changes that outlives its call: attributes, containers, globals, files, other processes."""

import re
from collections.abc import Iterator

from profiling.audit.model import CallSite, FunctionNode, MutationKind, StateMutation, Tier, Write, WriteKind
from profiling.audit.traversal import Graph

_CONTAINER_METHODS = frozenset(
    "append extend insert add update pop popitem remove discard clear setdefault sort reverse appendleft extendleft"
    " popleft rotate difference_update intersection_update symmetric_difference_update subtract __setitem__"
    " __delitem__ move_to_end".split()
)
_FILE_CALLS = frozenset(
    "os.remove os.unlink os.rename os.replace os.mkdir os.makedirs os.rmdir os.removedirs os.truncate os.symlink"
    " os.link os.write os.chmod shutil.copy shutil.copy2 shutil.copyfile shutil.copytree shutil.move shutil.rmtree"
    " tempfile.mkstemp tempfile.mkdtemp tempfile.NamedTemporaryFile json.dump pickle.dump marshal.dump yaml.dump"
    " tomli_w.dump toml.dump plistlib.dump shelve.open numpy.save".split()
)
_OPENS = frozenset(
    "<builtin>.open io.open codecs.open gzip.open bz2.open lzma.open tarfile.open zipfile.ZipFile".split()
)
_PATH_METHODS = frozenset(
    "write_text write_bytes touch mkdir unlink rmdir rename replace symlink_to hardlink_to chmod".split()
)
_SURE_PATH_METHODS = frozenset(("write_text", "write_bytes", "symlink_to", "hardlink_to"))
_SENDING_CALLS = frozenset(
    "subprocess.run subprocess.Popen subprocess.call subprocess.check_call subprocess.check_output os.system os.kill"
    " os.killpg os.popen asyncio.create_subprocess_exec asyncio.create_subprocess_shell signal.raise_signal"
    " signal.pthread_kill multiprocessing.Process.start".split()
)
_SENDING_OWNERS = (
    "queue.", "multiprocessing.", "asyncio.Queue", "asyncio.Stream", "socket.", "websocket", "websockets.", "zmq.",
    "kafka.", "aiokafka.", "pika.", "redis.", "blinker.", "django.dispatch.", "subprocess.Popen", "janus.",
)  # fmt: skip
_SENDING_METHODS = frozenset(
    "put put_nowait send sendall sendto sendmsg send_bytes send_string send_json send_text send_pyobj send_multipart"
    " send_robust send_nowait emit publish basic_publish communicate write writelines send_message sendfile"
    " send_signal terminate kill xadd rpush lpush".split()
)
_SURE_SENDING_METHODS = frozenset(
    "put_nowait sendall sendto sendmsg send_bytes send_pyobj send_multipart basic_publish send_nowait communicate"
    " send_robust emit publish".split()
)
_CHANNEL = re.compile(
    r"(?:^|_)(?:queue|q|sock|socket|conn|connection|pipe|channel|chan|ws|websocket|signal|inbox|outbox|bus)\d*$",
    re.IGNORECASE,
)
_WRITES = re.compile("[wax+]")
_PATH_LITERAL = re.compile(r"""Path\(\s*(['"])([^'"]{1,200})\1\s*\)\.\w+$""")


def build_state_mutations_index(graph: Graph) -> dict[str, tuple[StateMutation, ...]]:
    """Return the state mutations of every function that has some, by dotted name, in the order of their lines."""
    found = ((name, mutations(node)) for name, node in graph.nodes.items())
    return {name: changes for name, changes in found if changes}


def mutations(node: FunctionNode) -> tuple[StateMutation, ...]:
    """Return what one function changes that outlives its call, in the order of the lines."""
    changes = [*_of_writes(node), *_of_calls(node)]
    return tuple(dict.fromkeys(sorted(changes, key=lambda change: change.line)))


def _of_writes(node: FunctionNode) -> Iterator[StateMutation]:
    for write in node.writes:
        kind = _kind(write)
        if kind is not None:
            yield StateMutation(target=write.target, kind=kind, line=write.line)


def _kind(write: Write) -> MutationKind | None:
    """Return what a store changes; None where it ends with the call."""
    if write.kind is WriteKind.GLOBAL:
        return MutationKind.GLOBAL_WRITE
    if write.local or (write.kind is WriteKind.METHOD and write.method not in _CONTAINER_METHODS):
        return None
    return MutationKind.ATTR_WRITE if write.kind is WriteKind.ATTRIBUTE else MutationKind.CONTAINER_MUTATE


def _of_calls(node: FunctionNode) -> Iterator[StateMutation]:
    for site in node.calls:
        if site.implicit:
            continue
        target = _file_target(site)
        if target is not None:
            yield StateMutation(target=f"file:{target}", kind=MutationKind.FILE_WRITE, line=site.line)
        elif _sends(site):
            yield StateMutation(target=_receiver(site), kind=MutationKind.IPC_EMIT, line=site.line)


def _file_target(site: CallSite) -> str | None:
    """Return the path that a call writes to, `?` where the source does not tell; None for other calls."""
    method = site.text.rpartition(".")[2]
    externals = _externals(site)
    if not externals.isdisjoint(_OPENS) or method == "open":
        if not _WRITES.search(site.mode or ""):
            return None
        return _path_literal(site) if any(name.startswith("pathlib.") for name in externals) else _literal(site)
    if not externals.isdisjoint(_FILE_CALLS):
        return _literal(site)
    is_path = any(name.startswith("pathlib.") and name.rpartition(".")[2] in _PATH_METHODS for name in externals)
    is_sure = not site.callees and method in _SURE_PATH_METHODS
    return _path_literal(site) if is_path or is_sure else None


def _literal(site: CallSite) -> str:
    return site.literal or "?"


def _path_literal(site: CallSite) -> str:
    """Return the path of `Path("…").write_text`: the call's own first argument is what is written."""
    found = _PATH_LITERAL.search(site.text)
    return found[2] if found else "?"


def _sends(site: CallSite) -> bool:
    """Say whether a call hands something to another thread, process or machine."""
    for name in _externals(site):
        method = name.rpartition(".")[2]
        if name in _SENDING_CALLS or (method in _SENDING_METHODS and name.startswith(_SENDING_OWNERS)):
            return True
    owner, _, method = site.text.rpartition(".")
    if site.callees or not owner:
        return False
    last = owner.rpartition(".")[2]
    if method in {"write", "writelines"}:
        return last == "stdin"
    return method in _SURE_SENDING_METHODS or (method in {"put", "send"} and bool(_CHANNEL.search(last)))


def _receiver(site: CallSite) -> str:
    owner = site.text.rpartition(".")[0]
    is_function = not owner or any(name in _SENDING_CALLS for name in _externals(site))
    return site.text if is_function else owner


def _externals(site: CallSite) -> set[str]:
    return {callee.name for callee in site.callees if callee.tier is Tier.EXTERNAL}
