"""Nested data is compared, with and without order, and told apart by hashes."""

import hashlib

from deepdiff import DeepDiff, DeepHash, DeepSearch

before = {
    f"key{n}": {"id": n, "tags": [f"t{n}", "x"], "sub": {"value": n * 1.5, "text": "same " * 3}} for n in range(250)
}
after = {
    k: {**v, "id": v["id"] + (v["id"] % 10 == 0), "tags": v["tags"][::-1]} for k, v in before.items() if k != "key3"
}
digest = hashlib.sha256(DeepDiff(before, after).to_json().encode())
digest.update(repr(sorted(DeepDiff(before, after, ignore_order=True))).encode())
rows = [{"id": n, "name": f"name {n % 30}"} for n in range(70)]
other = [{"id": n, "name": f"name {(n + n % 7) % 30}"} for n in reversed(range(70))]
digest.update(repr(len(DeepDiff(rows, other, ignore_order=True).affected_paths)).encode())
digest.update(DeepHash(before)[before].encode())
digest.update(repr(len(DeepSearch(before, "same", verbose_level=1)["matched_values"])).encode())
print(digest.hexdigest())
