"""A graph of people is parsed, asked in SPARQL, and written in several forms."""

import hashlib

import rdflib
from rdflib.namespace import FOAF, RDF

PERSON = """
ex:p{0} a foaf:Person ; foaf:name "Person {0}"@en ; foaf:age {1} ; foaf:knows ex:p{2}, [ foaf:name "Nobody {0}" ] ;
  foaf:mbox <mailto:p{0}@example.org> .
"""
head = "@prefix ex: <http://example.org/> .\n@prefix foaf: <http://xmlns.com/foaf/0.1/> .\n"
text = head + "".join(PERSON.format(n, n % 80, n * 7 % 150) for n in range(150))
graph = rdflib.Graph()
graph.parse(data=text, format="turtle")
digest = hashlib.sha256()
QUERY = """
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
SELECT ?name (COUNT(?friend) AS ?friends) WHERE {
  ?person a foaf:Person ; foaf:name ?name ; foaf:age ?age ; foaf:knows ?friend .
  OPTIONAL { ?friend foaf:mbox ?mail } FILTER(?age > 20 && REGEX(?name, "Person"))
} GROUP BY ?name ORDER BY DESC(?friends) ?name LIMIT 20
"""
for row in graph.query(QUERY):
    digest.update(f"{row.name} {row.friends}".encode())
digest.update(str(len(set(graph.subjects(RDF.type, FOAF.Person)))).encode())
for form in ("turtle", "nt", "xml"):
    again = rdflib.Graph().parse(data=graph.serialize(format=form), format=form)
    digest.update(str(len(again)).encode())
print(digest.hexdigest())
