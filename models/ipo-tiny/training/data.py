"""Pictures and captions: the drawn world (samples/Ipo.Samples) and, where a folder of them is given, Caltech-101's photographs."""
import collections, glob, json, os, random, re
import numpy as np, torch
from words import PATTERN

HERE = os.path.dirname(os.path.abspath(__file__))
REPOSITORY = f'{HERE}/../../..'
WORK = os.environ.get('WORK', f'{HERE}/work')
PHOTO = 'photo'
ANY, NONE = -1, -2  # of a stated point: not said; said, and true of no picture
# What people write of photographs; CLIP's own prompt is the first. Drawings are never called so.
PHOTOGRAPHS = ['a photo of a', 'a photo of the', 'a good photo of a', 'a photograph of a', 'take a photo of a', 'a snapshot of a', 'a close-up photo of a']
# What is said of pictures of every kind.
PLAIN = ['a picture of a', 'an image of a', 'a', 'the', '', 'an image showing a', 'a picture of the', 'identify the', 'classify the', 'this is a', 'itap of a']
# General words for several styles: true of a picture in one of them, and never held against another.
GENERAL = {'a drawing of a': {'chalk', 'crayon', 'pencil', 'cartoon'}, 'a line drawing of a': {'pencil', 'blueprint'}, 'a doodle of a': {'crayon', 'chalk'},
           'a print of a': {'ink stamp', 'engraving', 'newspaper'}, 'a linocut of a': {'engraving', 'ink stamp'}, 'an illustration of a': {'cartoon', 'watercolour', 'crayon'},
           'a tapestry of a': {'embroidery'}, 'a pixel art image of a': {'pixel art'}, 'a computer rendering of a': {'render'}, 'a foggy photo of a': {'foggy'},
           'clip art of a': {'cartoon', 'silhouette'}}
# Media and kinds that no picture here is. A tower that never hears of them gives them any direction, and one that lies well by
# accident would pass for a description.
NO_MEDIUM = ['x-ray', 'tattoo', 'sculpture', 'statue', 'origami', 'toy', 'plush toy', 'hologram', 'satellite photo', 'aerial photo', 'macro photo', 'screenshot',
             'graffiti', 'mural', 'collage', 'texture', 'pattern', 'icon', 'map', 'wood carving', 'plastic model', 'oil painting', 'poster', 'postcard',
             'sepia photo', 'vintage photo', 'cropped photo', 'rotated photo', 'paper cutout', 'chart', 'film still', 'hieroglyph', 'balloon', 'shadow puppet']
NO_KIND = ['texture', 'dish', 'shape', 'room', 'landscape', 'material', 'action', 'pattern', 'place', 'scene', 'land use', 'country', 'number', 'colour', 'game', 'dessert']
# Attributes that are kinds as well.
KINDS = ['insect', 'fish', 'fruit', 'tree', 'car', 'dinosaur', 'big cat']
# Said of any picture now and then, and worth nothing: what a prompt's decoration has to be to the tower.
DECORATION = ['in bright light', 'in dim light', 'in daylight', 'in sunlight', 'in the water', 'on a table', 'on grass', 'against the sky', 'in a field', 'in a room',
              'on a street', 'indoors', 'outdoors', 'on a wall', 'in the center', 'in a corner', 'in the sky', 'with fine detail', 'in high quality', 'seen from the side',
              'seen from the front', 'in the image', 'in this picture', 'with great care', 'for a friend', 'in the snow', 'in the rain', 'with perfect focus']
ADJECTIVES = ['good', 'bad', 'nice', 'simple', 'detailed', 'high-resolution', 'low-resolution', 'high-quality', 'sharp', 'cropped', 'large', 'small', 'beautiful', 'clear', 'typical']
# Photographs' classes that are never trained on (every fifth of CoOp's 100 in label order).
HELD_PHOTO_CLASSES = set(range(4, 100, 5))


class World:
    """Names, categories, styles, attributes, and their numbers. A thing is a name in one of its senses: (name, category)."""

    def __init__(self):
        world = json.load(open(f'{WORK}/drawn/world.json'))
        self.suffix = {c['name']: c['suffix'] for c in world['categories']}
        self.openings = {s['name']: [s['phrase'], *s['wordings']] for s in world['styles']}
        self.openings[PHOTO] = PHOTOGRAPHS
        self.styles = [s['name'] for s in world['styles']]
        self.gloss = {(t['name'], t['category']): t['gloss'] for t in world['things']}
        self.drawn_by_category = collections.defaultdict(list)
        for name, category in self.gloss:
            self.drawn_by_category[category].append(name)
        self.looks = {}
        for line in open(f'{HERE}/attributes.txt', encoding='utf8'):
            if line[0] != '#':
                thing, looks = line.strip().split(': ')
                category, name = thing.split('/')
                self.looks[name, category] = looks.split(', ')
        self.things = list(self.looks)
        self.senses, self.by_category = collections.defaultdict(list), collections.defaultdict(list)
        for name, category in self.things:
            self.suffix.setdefault(category, f', a {category}')
            self.senses[name].append(category)
            self.by_category[category].append(name)
        number = lambda values: {value: i for i, value in enumerate(sorted(set(values)))}
        self.thing_ids, self.name_ids = number(self.things), number(self.senses)
        self.category_ids, self.style_ids = number(self.by_category), number(self.openings)
        self.look_ids = number(look for looks in self.looks.values() for look in looks)
        self.thing_looks = torch.zeros(len(self.things), len(self.look_ids))
        for thing, looks in self.looks.items():
            self.thing_looks[self.thing_ids[thing], [self.look_ids[look] for look in looks]] = 1
        self.colour_ids, self.pictured = {}, []  # what the pictures show: set by Pictures
        self.fillers = []                        # words that say nothing: set by train.py


class Pictures:
    """Bytes of the drawn pictures [N, 64, 64, 3] and of the photographs [M, 80, 80, 3], and for each the facts: (name, category, style,
    colour or None, background or None, view or None)."""

    def __init__(self, world):
        shape = json.load(open(f'{WORK}/drawn/world.json'))['shape']
        self.facts = []
        for line in open(f'{WORK}/drawn/captions.jsonl'):
            c = json.loads(line)
            self.facts.append((c['class'], c['category'], c['style'], c['colour'], c['background'], c['view']))
        self.drawn = len(self.facts)
        self.bytes = np.memmap(f'{WORK}/drawn/images.u8', np.uint8, 'r', shape=(self.drawn, *shape[1:]))
        self.photos = np.zeros((0, 80, 80, 3), np.uint8)
        if os.path.exists(f'{WORK}/photos/train.npy'):
            pixels, labels = np.load(f'{WORK}/photos/train.npy'), np.load(f'{WORK}/photos/train_labels.npy')
            names = json.load(open(f'{WORK}/photos/names.json'))
            kept = [i for i, label in enumerate(labels) if label not in HELD_PHOTO_CLASSES]
            self.photos = pixels[kept]
            self.facts += [(names[labels[i]], world.senses[names[labels[i]]][0], PHOTO, None, None, None) for i in kept]
        self.cells = collections.defaultdict(list)   # (style, category) -> drawn pictures
        self.photo_classes = collections.defaultdict(list)
        for i, fact in enumerate(self.facts):
            (self.photo_classes[fact[0]] if fact[2] == PHOTO else self.cells[fact[2], fact[1]]).append(i)
        self.keys = sorted(self.cells)
        world.pictured = sorted({fact[:2] for fact in self.facts})
        world.neighbours = collections.defaultdict(list)
        for name, category in world.pictured:
            world.neighbours[category].append(name)
        world.colour_ids = {colour: i for i, colour in enumerate(sorted({fact[3] for fact in self.facts if fact[3]}))}
        self.numbers = torch.tensor([[world.name_ids[f[0]], world.category_ids[f[1]], world.style_ids[f[2]], world.colour_ids.get(f[3], NONE),
                                      world.thing_ids[f[:2]]] for f in self.facts])


def article(text):
    """"a owl" becomes "an owl"; half of the time only, because prompts with a class put in do not."""
    return re.sub(r'\ba (?=[aeiou])', 'an ', text) if random.random() < 0.5 else text


def write(opening, what, suffix='', colour=None, background=None, view=None, fillers=()):
    if re.match(r'(a|an) ', what):  # a gloss brings its own article
        opening = re.sub(r'\b(a|an|the)$', '', opening).strip()
    if random.random() < 0.08:
        opening = re.sub(r'^(an?|the)? ?(?=\w+ )', f'a {random.choice(ADJECTIVES)} ', opening, count=1)
    text = f'{opening} {colour + " " if colour else ""}{what}{suffix}'.strip()
    if background:
        text += f', on {background}'
    if view:
        text += f', {view}'
    if random.random() < 0.1:
        text += random.choice([', ', ' ']) + random.choice(DECORATION)
    if fillers and random.random() < 0.08:
        words = text.split(' ')
        for _ in range(random.randint(1, 3)):
            words.insert(random.randint(0, len(words)), random.choice(fillers))
        text = ' '.join(words)
    return article(text + ('.' if random.random() < 0.8 else ''))


def suffix(world, category):
    """The world's own wording, or the one that fits every category."""
    return world.suffix[category] if random.random() < 0.7 else f', a type of {category}'


def says(name=None, category=None, style=None, colour=None, looks=()):
    """What a caption states; None where it says nothing, NONE where it says what is true of no picture."""
    return name, category, style, colour, looks


def some_looks(world, thing):
    looks = world.looks[thing]
    return random.sample(looks, min(len(looks), random.randint(1, 3)))


def listed(looks):
    return ' and '.join(filter(None, [', '.join(looks[:-1]), looks[-1]]))


def caption(world, fact):
    """A true caption of a picture, and what it states."""
    name, category, style, colour, background, view = fact
    plain = random.random() < (0.3 if style == PHOTO else 0.06)
    opening, said = random.choice(PLAIN if plain else world.openings[style]), None if plain else style
    says_category = random.random() < 0.45
    roll = random.random()
    if roll < 0.08:  # the kind alone: "a chalk drawing of a bird."
        return write(opening, category, fillers=world.fillers), says(category=category, style=said)
    if roll < 0.2:   # what it looks like, with its kind or not: "a chalk drawing of a bird with long legs and a bent neck."
        looks = some_looks(world, (name, category))
        what = category if says_category else random.choice(['thing', 'something', 'object'])
        return write(opening, f'{what} with {listed(looks)}'), says(category=category if says_category else None, style=said, looks=looks)
    if roll < 0.25 and (name, category) in world.gloss:
        return write(opening, world.gloss[name, category]), says(name, category, said)
    if roll < 0.3:
        looks = some_looks(world, (name, category))
        return write(opening, f'{name} with {listed(looks)}'), says(name, None, said, looks=looks)
    if roll < 0.34 and (kinds := [kind for kind in KINDS if kind in world.looks[name, category]]):
        kind = random.choice(kinds)
        return write(opening, name, f', a type of {kind}', fillers=world.fillers), says(name, None, said, looks=[kind])
    if roll < 0.4 and (general := [words for words, styles in GENERAL.items() if style in styles]):
        return (write(random.choice(general), name, suffix(world, category) if says_category else '', fillers=world.fillers),
                says(name, category if says_category else None))
    says_colour = colour is not None and random.random() < 0.2
    text = write(opening, name, suffix(world, category) if says_category else '', colour if says_colour else None,
                 background if background and random.random() < 0.1 else None, view if view and random.random() < 0.1 else None, world.fillers)
    return text, says(name, category if says_category else None, said, colour if says_colour else None)


def negative(world, fact):
    """A caption that is false of the picture in one point: another sense of its name, another style, a neighbour that has pictures, or a
    medium or kind that no picture is."""
    name, category, style, _, _, _ = fact
    roll = random.random()
    if roll < 0.12:
        medium = random.choice(NO_MEDIUM)
        return write(f'{"an" if medium[0] in "aeiou" or medium == "x-ray" else "a"} {medium} of a', name), says(name, style=NONE)
    if roll < 0.24:
        kind, opening = random.choice(NO_KIND), random.choice(world.openings[style])
        return (write(opening, kind), says(category=NONE)) if random.random() < 0.3 else (write(opening, name, f', a type of {kind}'), says(name, NONE))
    if roll < 0.5 and len(world.senses[name]) > 1:
        category = random.choice([c for c in world.senses[name] if c != category])
    elif roll < 0.7:
        style = random.choice([s for s in [*world.styles, PHOTO, PHOTO] if s != style])
    else:
        name = random.choice(world.neighbours[category])
    states_category = random.random() < 0.7
    return (write(random.choice(world.openings[style]), name, suffix(world, category) if states_category else ''),
            says(name, category if states_category else None, style))


def text_pair(world, category=None):
    """A name in one sense, and another way to say it: its gloss, its looks, its category. All that is ever learned of a held-out name."""
    name, category = random.choice(world.things) if category is None else (random.choice(world.by_category[category]), category)
    styles = [random.choice(world.openings[random.choice(world.styles)]) if random.random() < 0.5 else random.choice(PLAIN + PHOTOGRAPHS) for _ in range(2)]
    left = write(styles[0], name, suffix(world, category) if len(world.senses[name]) > 1 or random.random() < 0.3 else '')
    roll = random.random()
    if roll < 0.35 and (name, category) in world.gloss:
        right = world.gloss[name, category]
    else:
        right = f'{random.choice(["thing", category, category])} with {listed(random.sample(looks := world.looks[name, category], len(looks)))}'
    return left, write(styles[1], right), (name, category)


def truth(facts, stated, stated_looks, thing_looks):
    """Whether each statement [M, 4], [M, looks] is true of each picture [N, 5]: [N, M]."""
    same = (stated[None] == facts[:, None, :4]) | (stated[None] == ANY)
    return same.all(-1) & (thing_looks[facts[:, 4]] @ stated_looks.T >= stated_looks.sum(-1) - 0.5)


def numbered(world, statements):
    """The statements as numbers [M, 4], and their looks [M, looks] as bits."""
    tables = (world.name_ids, world.category_ids, world.style_ids, world.colour_ids)
    number = lambda table, value: ANY if value is None else NONE if value == NONE else table[value]
    looks = torch.zeros(len(statements), len(world.look_ids))
    for row, statement in enumerate(statements):
        if statement[4]:
            looks[row, [world.look_ids[look] for look in statement[4]]] = 1
    return torch.tensor([[number(table, value) for table, value in zip(tables, s[:4])] for s in statements]), looks


def texts_of(*patterns):
    return [open(path, encoding='utf8').read().lower() for pattern in patterns for path in sorted(glob.glob(pattern, recursive=True))]


def words(world):
    """Counts of words for the tokenizer: of captions, glosses and looks; and, each counted once, of this repository's own text and of any
    texts in work/words, so that prompts outside the world are not spelled letter by letter."""
    counts = collections.Counter()
    for text in said(world):
        counts.update(PATTERN.findall(text.lower()))
    for text in texts_of(f'{REPOSITORY}/*.md', f'{REPOSITORY}/docs/**/*.md', f'{REPOSITORY}/src/Ipo.P*/*.cs', f'{WORK}/words/*'):
        counts.update(set(PATTERN.findall(text)))
    return counts


def said(world):
    """Texts with the words of captions, about as often as captions use them."""
    texts = [f'{o} {n}{world.suffix[c]}' for n, c in world.things for o in random.sample(sum(world.openings.values(), []), 12)]
    texts += list(world.gloss.values()) * 3 + [' '.join(looks) for looks in world.looks.values()] * 3
    texts += (PLAIN + PHOTOGRAPHS + list(GENERAL) + NO_MEDIUM + NO_KIND + KINDS + DECORATION + ADJECTIVES) * 20
    return texts + [json.loads(line)['caption'] for _, line in zip(range(20000), open(f'{WORK}/drawn/captions.jsonl'))]


def fillers(world):
    """Words of the documentation that no caption uses and that speak neither of pictures nor of the random-words control."""
    find = re.compile('[a-z]{3,}').findall
    kept_out = set(find(' '.join(said(world)))) | set(find(' '.join(texts_of(f'{REPOSITORY}/src/Ipo.Providers/VisualVocabulary.cs', f'{REPOSITORY}/src/Ipo.PromptGen/NeutralWords.cs'))))
    found = set(find(' '.join(texts_of(f'{REPOSITORY}/*.md', f'{REPOSITORY}/docs/*.md'))))
    return sorted(word for word in found if not {word, word.rstrip('s'), word + 's'} & kept_out)
