"""What a fix has no honest reason to begin to use: names, texts, and the mechanism of cheating each belongs to."""

import re
from enum import StrEnum


class Mechanism(StrEnum):
    """How a fix could look faster than it is; the words are shown with `gaming_suspected`."""

    TEST_AWARENESS = "asks whether it is tested or measured"
    CLOCK = "reads or changes the clock"
    FOREIGN_PATCH = "changes a module that is not its own"
    INTERPRETER = "changes how the interpreter runs"
    LEFT_BEHIND = "leaves work to a process or thread that nobody waits for"
    EXIT = "changes how the process ends"
    PERSISTED = "keeps results on disk or in another process between runs"
    HARD_CODED = "holds answers that the tests or the workload expect"
    OBSCURED = "hides what it does"
    IMPORT_SYSTEM = "changes what is imported"
    ENVIRONMENT = "reads or changes the environment of the run"
    HARNESS = "touches the harness"
    LINK = "makes a link out of the tree"
    IDENTITY = "takes an object's address for its value"
    RIGGED = "defines an equality or order that always holds"
    FROZEN = "changed a file that judges it"
    COUNTED = "does less work from some call on"
    IMPLAUSIBLE = "gains more than can be believed"
    REPEATED = "helps only because the workload repeats its inputs"


NAMES: dict[Mechanism, frozenset[str]] = {
    Mechanism.TEST_AWARENESS: frozenset(
        "sys.argv sys.orig_argv sys.modules sys._getframe sys._current_frames sys._getframemodulename sys.gettrace"
        " sys.getprofile sys.monitoring sys.ps1 sys.flags inspect.stack inspect.currentframe inspect.getouterframes"
        " inspect.trace traceback.extract_stack traceback.walk_stack traceback.format_stack pytest _pytest unittest"
        " nose hypothesis doctest timeit pytest_benchmark coverage os.getppid os.getcwd pathlib.Path.cwd psutil"
        " __file__ __main__ importlib.metadata gc.callbacks gc.get_objects gc.get_referrers gc.get_referents"
        " os.getpid threading.main_thread threading.enumerate"
        " gc.get_stats gc.get_count gc.isenabled tracemalloc sys.getallocatedblocks __loader__ __spec__"
        " platform.node socket.gethostname getpass.getuser".split()
    ),
    Mechanism.CLOCK: frozenset(
        "time.time time.time_ns time.perf_counter time.perf_counter_ns time.monotonic time.monotonic_ns"
        " time.process_time time.process_time_ns time.thread_time time.thread_time_ns time.clock_gettime"
        " time.clock_gettime_ns time.clock_settime time.sleep os.times resource.getrusage datetime.datetime.now"
        " datetime.datetime.utcnow datetime.datetime.today datetime.date.today time.localtime time.gmtime".split()
    ),
    Mechanism.INTERPRETER: frozenset(
        "gc.disable gc.enable gc.freeze gc.unfreeze gc.set_threshold gc.set_debug gc.collect sys.setswitchinterval"
        " sys.setrecursionlimit sys.settrace sys.setprofile threading.settrace threading.setprofile"
        " threading.settrace_all_threads threading.setprofile_all_threads sys.set_int_max_str_digits sys.addaudithook"
        " os.nice os.setpriority os.sched_setaffinity os.sched_setscheduler os.sched_setparam resource.setrlimit"
        " resource.prlimit signal faulthandler sys.setdlopenflags sys.set_asyncgen_hooks"
        " sys.set_coroutine_origin_tracking_depth threading.stack_size sys.excepthook"
        " logging.disable logging.basicConfig warnings.simplefilter warnings.filterwarnings decimal.getcontext"
        " decimal.setcontext random.seed numpy.seterr locale.setlocale sys.unraisablehook sys.displayhook"
        " sys.breakpointhook os.umask".split()
    ),
    Mechanism.LEFT_BEHIND: frozenset(
        "os.fork os.forkpty os.posix_spawn os.posix_spawnp os.spawnl os.spawnle os.spawnlp os.spawnv os.spawnve"
        " os.spawnvp os.system os.popen os.setsid os.setpgid os.setpgrp os.daemon subprocess pty _posixsubprocess"
        " _thread.start_new_thread _thread.start_joinable_thread multiprocessing.Process"
        " asyncio.create_subprocess_exec asyncio.create_subprocess_shell os.execv os.execve os.execvp os.execl"
        " os.execle os.execlp os.execvpe threading.Timer _posixshmem _winapi".split()
    ),
    Mechanism.EXIT: frozenset(
        "atexit os._exit os.abort os.kill os.killpg sys.exit threading._register_atexit exit quit SystemExit".split()
    ),
    Mechanism.PERSISTED: frozenset(
        "shelve dbm sqlite3 pickle.dump marshal.dump joblib diskcache tempfile os.path.expanduser"
        " pathlib.Path.home pathlib.Path.expanduser platformdirs appdirs multiprocessing.shared_memory"
        " multiprocessing.managers multiprocessing.connection socket socketserver xmlrpc http urllib.request"
        " ftplib os.mkfifo os.memfd_create os.setxattr os.makedirs os.mkdir os.rename os.replace os.remove os.unlink"
        " os.utime os.truncate os.open os.write os.pipe os.dup os.dup2 os.chmod _sqlite3 _socket fcntl shutil.copy"
        " shutil.move shutil.rmtree".split()
    ),
    Mechanism.OBSCURED: frozenset(
        "exec eval compile __import__ ctypes _ctypes cffi marshal.loads marshal.load types.CodeType"
        " globals code codeop runpy posix nt operator.attrgetter operator.methodcaller"
        " _testcapi _testinternalcapi builtins.exec builtins.eval"
        " builtins.compile builtins.__import__".split()
    ),
    Mechanism.IMPORT_SYSTEM: frozenset(
        "sys.path sys.meta_path sys.path_hooks sys.path_importer_cache importlib.reload importlib.invalidate_caches"
        " sys.dont_write_bytecode sys.pycache_prefix site py_compile compileall importlib.util.cache_from_source"
        " importlib.abc importlib.machinery importlib._bootstrap _frozen_importlib _imp imp pkgutil zipimport"
        " __cached__ sys.builtin_module_names".split()
    ),
    Mechanism.ENVIRONMENT: frozenset(
        "os.environ os.environb os.getenv os.getenvb os.putenv os.unsetenv os.chdir os.fchdir os.chroot".split()
    ),
    Mechanism.LINK: frozenset(
        "os.symlink os.link os.readlink pathlib.Path.symlink_to pathlib.Path.hardlink_to".split()
    ),
}
"""Dotted names; one stands for everything below it."""

METHODS: dict[str, Mechanism] = {
    "symlink_to": Mechanism.LINK,
    "hardlink_to": Mechanism.LINK,
    "write_bytes": Mechanism.PERSISTED,
    "write_text": Mechanism.PERSISTED,
    "touch": Mechanism.PERSISTED,
    "expanduser": Mechanism.PERSISTED,
    "f_back": Mechanism.TEST_AWARENESS,
    "f_globals": Mechanism.TEST_AWARENESS,
    "f_locals": Mechanism.TEST_AWARENESS,
    "f_code": Mechanism.TEST_AWARENESS,
    "tb_frame": Mechanism.TEST_AWARENESS,
    "gi_frame": Mechanism.TEST_AWARENESS,
    "cr_frame": Mechanism.TEST_AWARENESS,
    "__traceback__": Mechanism.TEST_AWARENESS,
    "__code__": Mechanism.OBSCURED,
    "__getattribute__": Mechanism.OBSCURED,
    "__setattr__": Mechanism.OBSCURED,
    "__globals__": Mechanism.OBSCURED,
    "__builtins__": Mechanism.OBSCURED,
    "__subclasses__": Mechanism.OBSCURED,
    "__closure__": Mechanism.OBSCURED,
    "__defaults__": Mechanism.OBSCURED,
    "__kwdefaults__": Mechanism.OBSCURED,
    "__wrapped__": Mechanism.FOREIGN_PATCH,
    "__del__": Mechanism.EXIT,
}
"""Attributes of whatever object."""

SENSITIVE = frozenset("sys os time gc builtins importlib inspect signal threading _thread resource posix".split())
"""Modules of which a fix may take no attribute by a computed name, and nothing wholesale."""

TEXTS: tuple[tuple[re.Pattern[str], Mechanism], ...] = (
    (re.compile(r"ratchet|sitecustomize|usercustomize|codeflash", re.IGNORECASE), Mechanism.HARNESS),
    (
        re.compile(r"^(PYTEST|TOX|NOX|COVERAGE|ASV|PYTHONHASHSEED|PYTHONPATH|GITHUB_|CI$|RUN_MAIN)"),
        Mechanism.ENVIRONMENT,
    ),
    (re.compile(r"^[0-9a-f]{16,}$"), Mechanism.HARD_CODED),
    (re.compile(r"\.pyc$|__pycache__|\.pth$"), Mechanism.IMPORT_SYSTEM),
    (re.compile(r"^(/proc|/dev/shm|/tmp|/var/tmp|/run)(/|$)|^~/"), Mechanism.PERSISTED),
    (re.compile(r"(^|[/.])(conftest|test_\w+|bench\w*)(\.py)?$|(^|/)tests(/|$)|(^|/)test/"), Mechanism.TEST_AWARENESS),
    (
        re.compile(r"^(pytest|unittest|timeit|__main__|_pytest|perf_counter|process_time)$"),
        Mechanism.TEST_AWARENESS,
    ),
)
"""Texts that a fix has no honest reason to begin to name; documentation is not looked at."""

UNWAITED = frozenset(
    "create_task ensure_future call_later call_soon call_at apply_async map_async run_in_executor".split()
)
"""Methods that begin work; called for nothing else, nobody waits for it."""

ALWAYS_TRUE_METHODS = frozenset("__eq__ __ne__ __lt__ __le__ __gt__ __ge__ __contains__ __instancecheck__".split())

_BY_NAME = {name: mechanism for mechanism, names in NAMES.items() for name in names}


def mechanism_of(name: str) -> Mechanism | None:
    """Return the mechanism that a dotted name belongs to, by itself or by what it is below."""
    parts = name.split(".")
    prefixes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((_BY_NAME[prefix] for prefix in prefixes if prefix in _BY_NAME), None)


def text_mechanism(text: str) -> Mechanism | None:
    """Return the mechanism that a text literal of a fix speaks of."""
    if len(text) > _LONGEST_NAME:
        return None
    return next((mechanism for pattern, mechanism in TEXTS if pattern.search(text)), None)


_LONGEST_NAME = 200
