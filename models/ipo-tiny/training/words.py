"""CLIP's kind of tokenizer: byte-level BPE whose merges are learned from the words that the captions use."""
import collections, heapq, json, re

# CLIP's pattern (openai/CLIP, simple_tokenizer.py), written for Python's own re.
PATTERN = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|(?:[^\s\w]|_)+")


def byte_characters():
    """GPT-2's printable stand-in for every byte."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table, extra = {byte: chr(byte) for byte in kept}, 0
    for byte in range(256):
        if byte not in table:
            table[byte] = chr(256 + extra)
            extra += 1
    # The vocabulary lists the kept bytes first, as CLIP's does.
    return {byte: table[byte] for byte in [*kept, *(b for b in range(256) if b not in kept)]}


def learn(counts, size, folder):
    """Learns merges from word counts until `size` entries are reached or every word is one piece."""
    characters = byte_characters()
    words, weights = [], []
    for word, count in sorted(counts.items()):
        pieces = [characters[b] for b in word.encode()]
        pieces[-1] += '</w>'
        words.append(pieces)
        weights.append(count)
    pairs, where = collections.Counter(), collections.defaultdict(set)
    for i, pieces in enumerate(words):
        for pair in zip(pieces, pieces[1:]):
            pairs[pair] += weights[i]
            where[pair].add(i)
    heap = [(-count, pair) for pair, count in pairs.items()]
    heapq.heapify(heap)
    merges = []
    while heap and len(merges) < size - 514:
        count, pair = heapq.heappop(heap)
        if pairs[pair] != -count:
            if pairs[pair] > 0:
                heapq.heappush(heap, (-pairs[pair], pair))
            continue
        merges.append(pair)
        touched = set()
        for i in list(where[pair]):
            for other in zip(words[i], words[i][1:]):
                pairs[other] -= weights[i]
                where[other].discard(i)
                touched.add(other)
            words[i] = merge(words[i], pair)
            for other in zip(words[i], words[i][1:]):
                pairs[other] += weights[i]
                where[other].add(i)
                touched.add(other)
        for other in touched:
            if pairs[other] > 0:
                heapq.heappush(heap, (-pairs[other], other))
    base = list(characters.values())
    entries = base + [c + '</w>' for c in base] + [a + b for a, b in merges] + ['<|startoftext|>', '<|endoftext|>']
    assert len(set(entries)) == len(entries)
    with open(f'{folder}/vocab.json', 'w') as file:
        json.dump({entry: i for i, entry in enumerate(entries)}, file, ensure_ascii=False)
    with open(f'{folder}/merges.txt', 'w') as file:
        file.write('#version: 0.2\n' + ''.join(f'{a} {b}\n' for a, b in merges))
    return len(entries)


def merge(pieces, pair):
    out, i = [], 0
    while i < len(pieces):
        if i + 1 < len(pieces) and (pieces[i], pieces[i + 1]) == pair:
            out.append(pieces[i] + pieces[i + 1])
            i += 2
        else:
            out.append(pieces[i])
            i += 1
    return out


class Tokenizer:
    def __init__(self, folder):
        self.vocabulary = json.load(open(f'{folder}/vocab.json'))
        lines = open(f'{folder}/merges.txt', encoding='utf8').read().split('\n')[1:]
        self.rank = {tuple(line.split(' ')): i for i, line in enumerate(lines) if line}
        self.characters = byte_characters()
        self.start, self.end = self.vocabulary['<|startoftext|>'], self.vocabulary['<|endoftext|>']
        self.known = {}

    def word(self, word):
        if word not in self.known:
            pieces = [self.characters[b] for b in word.encode()]
            pieces[-1] += '</w>'
            while len(pieces) > 1:
                pair = min(zip(pieces, pieces[1:]), key=lambda p: self.rank.get(p, 1 << 30))
                if pair not in self.rank:
                    break
                pieces = merge(pieces, pair)
            self.known[word] = [self.vocabulary[piece] for piece in pieces]
        return self.known[word]

    def __call__(self, text):
        ids = [i for word in PATTERN.findall(' '.join(text.lower().split())) for i in self.word(word)]
        return [self.start, *ids[:75], self.end]
