"""Strings <-> ids with exact character offsets: folding, vocabularies, words, subwords, word vectors, boundaries."""

from maskplay.text.boundaries import Boundaries, boundaries
from maskplay.text.char_vocabulary import CharVocabulary
from maskplay.text.fold import fold
from maskplay.text.segment import Segmenter, segment
from maskplay.text.simplify import simplify
from maskplay.text.subword_tokenizer import Subwords, SubwordTokenizer
from maskplay.text.word_ids import word_ids
from maskplay.text.word_of_character import word_of_character
from maskplay.text.word_vectors import WordVectors

__all__ = [
    "Boundaries",
    "CharVocabulary",
    "Segmenter",
    "SubwordTokenizer",
    "Subwords",
    "WordVectors",
    "boundaries",
    "fold",
    "segment",
    "simplify",
    "word_ids",
    "word_of_character",
]
