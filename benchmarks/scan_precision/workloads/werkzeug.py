"""A small application routes, reads forms and files, and answers a client of tests."""

import hashlib
import io

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

kinds = ("users", "orders", "articles", "pages", "tags")
rules = [Rule(f"/{kind}", endpoint=f"{kind}.list") for kind in kinds]
rules += [Rule(f"/{kind}/<int:number>/<path:rest>", endpoint=f"{kind}.one", methods=["GET", "POST"]) for kind in kinds]
urls = Map(rules)


@Request.application
def application(request):
    """Answer with what was asked for."""
    try:
        endpoint, values = urls.bind_to_environ(request.environ).match()
    except HTTPException as error:
        return error
    size = sum(len(file.read()) for file in request.files.values())
    text = f"{endpoint} {sorted(values.items())} {request.args.get('q')} {sorted(request.form.items())} {size}"
    answer = Response(text, mimetype="text/plain")
    answer.set_cookie("seen", "1", max_age=10)
    answer.set_etag("tag")
    return answer.make_conditional(request)


digest = hashlib.sha256()
client = Client(application)
for number in range(700):
    kind = kinds[number % 5]
    headers = {
        "Accept": "text/html,application/json;q=0.9",
        "If-None-Match": '"other"',
        "Accept-Language": "de, en;q=0.5",
    }
    digest.update(client.get(f"/{kind}", query_string={"q": f"ä & {number}"}, headers=headers).data)
    data = {"name": "value", "file": (io.BytesIO(b"some data\n" * 40), "file.txt")}
    digest.update(client.post(f"/{kind}/{number}/a/b", data=data).data)
    digest.update(client.get(f"/nothing/{number}").status.encode())
print(digest.hexdigest())
