"""Names are compared with the measures that people use to find doubles, in plain Python."""

import hashlib

import textdistance

NAMES = "jonathan smith,jon smith,john smyth,marta gonzalez,martha gonzales,peter muller,pieter mueller,ann lee".split(
    ","
)
digest = hashlib.sha256()
NAMED = "hamming levenshtein damerau_levenshtein jaro_winkler jaccard cosine sorensen_dice overlap".split()
measures = [getattr(textdistance, name) for name in NAMED]
for measure in measures:
    measure.external = False
    for first in NAMES * 3:
        for second in NAMES:
            digest.update(f"{measure(first, second):.6f} {measure.normalized_similarity(first, second):.6f}".encode())
print(digest.hexdigest())
