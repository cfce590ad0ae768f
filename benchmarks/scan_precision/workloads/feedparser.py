"""Feeds with HTML in their entries, dates of several kinds and relative links are read."""

import hashlib

import feedparser

ITEM = """<item><title>Entry {0} &amp; more</title><link>/entry/{0}</link><guid>id-{0}</guid><category>a</category>
<pubDate>Sun, 22 Nov 2026 10:{1:02}:00 GMT</pubDate><author>a@example.org (Ann)</author>
<description><![CDATA[<p>Some <b onclick="x()">text</b> with <a href="page{0}.html">a link</a>
<script>x()</script></p>]]></description></item>"""
ENTRY = """<entry><title type="html">Entry {0}</title>
<link href="http://example.org/{0}"/>
<id>id{0}</id>
<updated>2026-11-22T10:{1:02}:00Z</updated>
<summary type="html">&lt;p&gt;text &lt;img src="a.png"&gt;&lt;/p&gt;</summary></entry>"""
items = "".join(ITEM.format(number, number % 60) for number in range(700))
entries = "".join(ENTRY.format(number, number % 60) for number in range(700))
rss = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Feed</title>{items}</channel></rss>'
atom = f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Feed</title>{entries}</feed>'
digest = hashlib.sha256()
for text in (rss, atom):
    feed = feedparser.parse(text.encode())
    digest.update(repr([(one.title, one.link, one.summary) for one in feed.entries]).encode())
print(digest.hexdigest())
