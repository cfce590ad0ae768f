from .parts import *
from .tools import fix as mend
