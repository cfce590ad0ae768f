"""The constants of the cost model in one place: which calls are expensive, and how much each class weighs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from profiling.audit.model import CallSite, CostClass, Loop, Tier

EXPENSIVE_THRESHOLD = 40_000.0
"""Operations above this weight are flagged. One unit is about a nanosecond: what costs more than 10 to 40 µs."""

CLASS_WEIGHTS: Mapping[CostClass, float] = MappingProxyType(
    {
        CostClass.FILE_IO: 100.0,
        CostClass.NETWORK: 500.0,
        CostClass.AST_PARSE: 200.0,
        CostClass.JSON_IO: 150.0,
        CostClass.PICKLE: 300.0,
        CostClass.DEEP_COPY: 200.0,
        CostClass.LOOP_AMPLIFIED: 1.0,
        CostClass.UNRESOLVED: 0.0,
    }
)
"""Per unit of size (docs/audit.md). Of a call that is only repeated: what a plain call stands for."""

MOST_WEIGHT = 1e18
"""Weights stop here: nested literal bounds must not overflow."""

FILE_METHODS = frozenset(("read_text", "read_bytes", "write_text", "write_bytes"))
"""Names that mean `pathlib` wherever they stand, so that an unknown receiver does not hide them."""
_EXACT: Mapping[str, CostClass] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                "<builtin>.open io.open io.open_code os.open codecs.open gzip.open bz2.open lzma.open tarfile.open"
                " tokenize.open fileinput.input os.fdopen os.sendfile os.scandir os.listdir os.walk glob.glob"
                " glob.iglob shutil.copy shutil.copy2 shutil.copyfile shutil.copytree shutil.move shutil.rmtree"
                " aiofiles.open zipfile.ZipFile mmap.mmap tempfile.NamedTemporaryFile tempfile.TemporaryFile"
                " linecache.getlines numpy.load numpy.save numpy.loadtxt pandas.read_csv"
                " pandas.read_parquet pandas.read_excel"
            ).split(),
            CostClass.FILE_IO,
        ),
        **dict.fromkeys(
            (
                "ast.parse ast.walk ast.unparse ast.literal_eval ast.dump <builtin>.compile <builtin>.exec"
                " <builtin>.eval libcst.parse_module libcst.parse_expression libcst.parse_statement parso.parse"
                " inspect.getsource inspect.getsourcelines tokenize.tokenize"
                " tokenize.generate_tokens symtable.symtable jedi.Script"
            ).split(),
            CostClass.AST_PARSE,
        ),
        **dict.fromkeys(
            (
                "json.dumps json.loads json.dump json.load tomllib.load tomllib.loads tomli.load tomli.loads"
                " tomli_w.dump tomli_w.dumps toml.load toml.loads toml.dump toml.dumps yaml.load yaml.safe_load"
                " yaml.full_load yaml.load_all yaml.safe_load_all yaml.dump yaml.safe_dump yaml.dump_all"
                " orjson.dumps orjson.loads ujson.dumps ujson.loads ujson.dump ujson.load simplejson.dumps"
                " simplejson.loads simplejson.dump simplejson.load rapidjson.dumps rapidjson.loads"
                " msgspec.json.encode msgspec.json.decode plistlib.load plistlib.loads plistlib.dump plistlib.dumps"
            ).split(),
            CostClass.JSON_IO,
        ),
        **dict.fromkeys(
            (
                "pickle.dump pickle.dumps pickle.load pickle.loads marshal.dump marshal.dumps marshal.load"
                " marshal.loads shelve.open _pickle.dumps _pickle.loads _pickle.dump _pickle.load cloudpickle.dumps"
                " cloudpickle.loads cloudpickle.dump cloudpickle.load dill.dumps dill.loads dill.dump dill.load"
                " joblib.dump joblib.load"
            ).split(),
            CostClass.PICKLE,
        ),
        "copy.deepcopy": CostClass.DEEP_COPY,
        "dataclasses.asdict": CostClass.DEEP_COPY,
        "dataclasses.astuple": CostClass.DEEP_COPY,
    }
)
_PREFIXES: tuple[tuple[str, CostClass], ...] = (
    ("json.JSONEncoder.", CostClass.JSON_IO),
    ("json.JSONDecoder.", CostClass.JSON_IO),
    ("msgspec.json.", CostClass.JSON_IO),
    ("ruamel.yaml.", CostClass.JSON_IO),
    ("tomlkit.", CostClass.JSON_IO),
    ("pickle.Pickler.", CostClass.PICKLE),
    ("pickle.Unpickler.", CostClass.PICKLE),
    ("shelve.", CostClass.PICKLE),
    ("tree_sitter.", CostClass.AST_PARSE),
    ("ast.NodeVisitor.", CostClass.AST_PARSE),
    ("ast.NodeTransformer.", CostClass.AST_PARSE),
)
_CLIENTS = frozenset(
    "requests httpx aiohttp urllib3 urllib.request http.client websockets websocket socket ssl sqlite3 psycopg psycopg2"
    " asyncpg pymysql MySQLdb mysql.connector aiomysql aiopg aiosqlite sqlalchemy paramiko asyncssh smtplib ftplib"
    " imaplib poplib nntplib telnetlib oracledb cx_Oracle pyodbc duckdb clickhouse_driver".split()
)
"""Libraries of which some calls go over the wire: those named in `_TRAFFIC`, also on what other calls return."""
_TRAFFIC = frozenset(
    "get post put patch delete head options request send stream fetch urlopen urlretrieve open connect connect_ex"
    " serve create_connection create_server ws_connect accept listen bind socket socketpair getaddrinfo"
    " gethostbyname gethostbyname_ex gethostbyaddr getfqdn getnameinfo wrap_socket do_handshake recv recv_into"
    " recvfrom recvmsg sendall sendto sendmsg sendfile send_text send_bytes send_json send_message sendmail read"
    " readline readlines readinto read1 iter_content iter_lines iter_bytes iter_text aread aiter_bytes aiter_lines"
    " getresponse receive receive_text execute executemany executescript execute_async copy copy_from copy_to"
    " fetchone fetchall fetchmany fetchrow fetchval commit rollback query sql scalar scalars begin drain login"
    " select search retrbinary retrlines storbinary storlines exec_command".split()
)
_SERVICES = frozenset(
    "pymongo motor redis aioredis memcache pymemcache boto3 botocore aiobotocore grpc xmlrpc.client elasticsearch"
    " opensearchpy cassandra kafka aiokafka confluent_kafka pika nats neo4j influxdb google.cloud azure.storage openai"
    " anthropic".split()
)
"""Libraries every method of whose clients goes over the wire, but for those of plain values they return."""
_VALUES = frozenset(
    "headers text content cookies getproxies info json host url status status_code reason raw_headers args"
    " params".split()
)
_METHODS_OF_VALUES = frozenset(name for kind in (str, bytes, list, dict) for name in dir(kind))


@dataclass(frozen=True, slots=True, kw_only=True)
class CostModel:
    """What the classes weigh.

    Attributes:
        weights: per unit of size, about nanoseconds.
        unknown_bound: passes of a loop whose bound the source does not tell.
        node_weight: of one syntax node of plain Python work; 0 unless fitted.
        library_weight: of one call of a library function that has no class; 0 unless fitted.
    """

    weights: Mapping[CostClass, float] = field(default_factory=lambda: CLASS_WEIGHTS)
    unknown_bound: float = 1.0
    node_weight: float = 0.0
    library_weight: float = 0.0

    def passes(self, loops: tuple[Loop, ...]) -> float:
        """Return how often what stands in these loops runs in one call of the function."""
        passes = 1.0
        for loop in loops:
            passes *= self.unknown_bound if loop.bound is None else loop.bound
        return min(passes, MOST_WEIGHT)


STANDARD = CostModel()


def class_of(name: str) -> CostClass | None:
    """Return the cost class of something outside the tree by its dotted name, None for what is no operation of ours."""
    found = _EXACT.get(name)
    if found is None:
        found = next((kind for prefix, kind in _PREFIXES if name.startswith(prefix)), None)
    if found is None and _is_file_method(name):
        found = CostClass.FILE_IO
    return CostClass.NETWORK if found is None and _is_network(name) else found


def class_of_call(site: CallSite) -> tuple[str, CostClass] | None:
    """Return what a call's most expensive external callee is named and its class, or None."""
    names = [callee.name for callee in site.callees if callee.tier is Tier.EXTERNAL]
    classed = [(name, kind) for name in names if (kind := class_of(name)) is not None]
    if classed:
        return max(classed, key=lambda pair: CLASS_WEIGHTS[pair[1]])
    if not site.callees and site.text.rpartition(".")[2] in FILE_METHODS:
        return site.text, CostClass.FILE_IO
    return None


def receiver_data(site: CallSite) -> str | None:
    """Return the path, as written, whose method a call is; None where the data is the call's first argument."""
    owner, _, method = site.text.rpartition(".")
    is_path = any(callee.name.startswith("pathlib.") for callee in site.callees) and method != "Path"
    return owner if owner and (method in FILE_METHODS or is_path) else None


def _is_file_method(name: str) -> bool:
    owner, _, method = name.rpartition(".")
    return owner.startswith("pathlib.") and (method in FILE_METHODS or method in {"open", "iterdir", "glob", "rglob"})


def _is_network(name: str) -> bool:
    """Say whether a name is a call of a network or database client that goes over the wire; to make one does not.

    What a call returns is named after it (`urllib.request.urlopen.read`), so that a method may stand far from its
    library, and may be one of a plain value.
    """
    parts = name.split(".")
    if parts[-1][:1].isupper():
        return False
    owners = {".".join(parts[:count]): parts[count:] for count in range(1, len(parts))}
    for owner, rest in owners.items():
        if owner in _CLIENTS:
            return rest[-1] in _TRAFFIC and _VALUES.isdisjoint(rest)
        if owner in _SERVICES:
            is_value = len(rest) > 2 and rest[-1] in _METHODS_OF_VALUES
            return len(rest) > 1 and not is_value and _VALUES.isdisjoint(rest)
    return False
