"""A text is taken apart, stemmed, counted, and its words compared, without corpora that have to be fetched."""

import hashlib
import random

import nltk
from nltk.collocations import BigramAssocMeasures, BigramCollocationFinder
from nltk.metrics.distance import edit_distance
from nltk.stem import PorterStemmer, SnowballStemmer
from nltk.tokenize import RegexpTokenizer, TreebankWordTokenizer
from nltk.translate.bleu_score import sentence_bleu

chosen = random.Random(5)
WORDS = (
    "the quick brown fox jumps over lazy dogs running happily relational conditional don't hopefulness flies".split()
)
sentences = [" ".join(chosen.choices(WORDS, k=12)) + "." for _ in range(900)]
digest = hashlib.sha256()
treebank, plain = TreebankWordTokenizer(), RegexpTokenizer(r"\w+|[^\w\s]+")
tokens = [treebank.tokenize(sentence) for sentence in sentences]
digest.update(repr([len(plain.tokenize(sentence)) for sentence in sentences]).encode())
porter, snowball = PorterStemmer(), SnowballStemmer("english")
digest.update(repr([porter.stem(word) for sentence in tokens[:400] for word in sentence]).encode())
digest.update(repr([snowball.stem(word) for sentence in tokens[:400] for word in sentence]).encode())
words = [word for sentence in tokens for word in sentence]
digest.update(repr(nltk.FreqDist(words).most_common(10)).encode())
finder = BigramCollocationFinder.from_words(words)
digest.update(repr(finder.nbest(BigramAssocMeasures.pmi, 10)).encode())
digest.update(repr([edit_distance(first, second) for first in WORDS for second in WORDS]).encode())
digest.update(repr(sum(sentence_bleu([tokens[0]], one, weights=(0.5, 0.5)) > 0 for one in tokens[:300])).encode())
grammar = nltk.CFG.fromstring("""
S -> NP VP
NP -> Det N | Det N PP
VP -> V NP | VP PP
PP -> P NP
Det -> 'the' | 'a'
N -> 'dog' | 'park' | 'man'
V -> 'saw'
P -> 'in' | 'with'
""")
parser = nltk.ChartParser(grammar)
told = "the man saw a dog in the park with a man in the park".split()
digest.update(repr(sorted(str(tree) for tree in parser.parse(told))).encode())
print(digest.hexdigest())
