"""A web server and lines over TCP on this machine, with Deferreds in between."""

import hashlib

from twisted.internet import defer, endpoints, protocol, reactor, task
from twisted.protocols.basic import LineReceiver
from twisted.web import resource, server
from twisted.web.client import Agent, readBody

digest = hashlib.sha256()


class Answer(resource.Resource):
    """A page."""

    isLeaf = True  # noqa: N815  what the library calls it

    def render_GET(self, request):  # noqa: N802  what the library calls
        """Return what was asked for."""
        request.setHeader(b"content-type", b"text/plain")
        return b"asked for " + request.path + b" with " + repr(sorted(request.args.items())).encode()


class Echo(LineReceiver):
    """Say each line again."""

    def lineReceived(self, line):  # noqa: N802  what the library calls
        """Send it back."""
        self.sendLine(line.upper())


class Asking(LineReceiver):
    """Send lines, and end when all came back."""

    def __init__(self):
        """Nothing came yet."""
        self.done, self.left = defer.Deferred(), 2000

    def connectionMade(self):  # noqa: N802  what the library calls
        """Send all."""
        for number in range(self.left):
            self.sendLine(b"line %d" % number)

    def lineReceived(self, line):  # noqa: N802  what the library calls
        """Count it."""
        digest.update(line)
        self.left -= 1
        if not self.left:
            self.transport.loseConnection()
            self.done.callback(None)


@defer.inlineCallbacks
def main(_):
    """Ask the server, then talk in lines."""
    site = server.Site(Answer())
    site.noisy = False
    web = yield endpoints.serverFromString(reactor, "tcp:0:interface=127.0.0.1").listen(site)
    agent = Agent(reactor)
    for number in range(250):
        url = f"http://127.0.0.1:{web.getHost().port}/page{number}?a={number}&b=text"
        answer = yield agent.request(b"GET", url.encode())
        body = yield readBody(answer)
        digest.update(body)
    lines = yield endpoints.serverFromString(reactor, "tcp:0:interface=127.0.0.1").listen(
        protocol.Factory.forProtocol(Echo)
    )
    point = endpoints.TCP4ClientEndpoint(reactor, "127.0.0.1", lines.getHost().port)
    asking = yield endpoints.connectProtocol(point, Asking())
    yield asking.done
    results = yield defer.gatherResults([task.deferLater(reactor, 0, pow, 2, number) for number in range(500)])
    digest.update(repr(results).encode())
    print(digest.hexdigest())


task.react(main)
