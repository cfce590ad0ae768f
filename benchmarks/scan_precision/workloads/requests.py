"""Requests are prepared, sent through an adapter that answers itself, and read."""

import hashlib
import io

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

BODY = b'{"items": [' + b", ".join(b'{"id": %d, "name": "item"}' % number for number in range(50)) + b"]}"


class Answering(BaseAdapter):
    """A server without a network."""

    def send(self, request, **_):  # what the base class declares
        """Answer: a redirect once in ten, else a page."""
        headers = HTTPHeaderDict({"Content-Type": "application/json; charset=utf-8", "Set-Cookie": "a=b; Path=/"})
        status = 302 if request.url.endswith("0") else 200
        if status == 302:
            headers["Location"] = "/elsewhere"
        raw = HTTPResponse(io.BytesIO(BODY), headers=headers, status=status, preload_content=False)
        answer = requests.adapters.HTTPAdapter().build_response(request, raw)
        answer.connection = self
        return answer

    def close(self):
        """Nothing is open."""


digest = hashlib.sha256()
session = requests.Session()
session.mount("https://", Answering())
session.headers["X-Name"] = "value"
for number in range(900):
    asked = {"q": f"text & more {number}", "page": number}
    answer = session.get(f"https://example.org/items/{number}", params=asked if number % 2 else None, auth=("a", "b"))
    digest.update(f"{answer.status_code} {len(answer.json()['items'])} {answer.url}".encode())
    posted = session.post(
        "https://example.org/form", data={"a": number}, files={"f": ("x.txt", b"text")} if number % 5 == 1 else None
    )
    digest.update(f"{posted.text[:20]} {posted.encoding}".encode())
print(digest.hexdigest())
