"""Pictures and captions: the drawn world (src/Ipo.Samples) and, where a folder of them is given, Caltech-101's photographs."""
import collections, json, os, random, re
import numpy as np, torch

HERE = os.path.dirname(os.path.abspath(__file__))
WORK = os.environ.get('WORK', f'{HERE}/work')
PHOTO = 'photo'
# What people write of photographs. The first is CLIP's own; pictures of every style get them too, now and then, as on the web.
PLAIN = ['a photo of a', 'a picture of a', 'an image of a', 'a good photo of a', 'a', 'the', 'a photo of the', '']
# General words for several styles: true of a picture in one of them, and never held against another.
GENERAL = {'a drawing of a': {'chalk', 'crayon', 'pencil', 'cartoon'}, 'a line drawing of a': {'pencil', 'blueprint'}, 'a doodle of a': {'crayon', 'chalk'},
           'a print of a': {'ink stamp', 'engraving', 'newspaper'}, 'a linocut of a': {'engraving', 'ink stamp'}, 'an illustration of a': {'cartoon', 'watercolour', 'crayon'},
           'a tapestry of a': {'embroidery'}, 'a pixel art image of a': {'pixel art'}, 'a computer rendering of a': {'render'}, 'a foggy photo of a': {'foggy'},
           'clip art of a': {'cartoon', 'silhouette'}, 'a snapshot of a': {PHOTO}, 'a close-up photo of a': {PHOTO}}
# Media, looks and kinds that no picture here is. A tower that never hears of them gives them any direction, and one that lies well by
# accident would pass for a description.
NO_MEDIUM = ['x-ray', 'tattoo', 'sculpture', 'statue', 'origami', 'toy', 'plush toy', 'hologram', 'satellite photo', 'aerial photo', 'macro photo', 'screenshot',
             'graffiti', 'mural', 'collage', 'texture', 'pattern', 'icon', 'map', 'wood carving', 'plastic model', 'oil painting', 'poster', 'postcard',
             'sepia photo', 'vintage photo', 'cropped photo', 'rotated photo', 'paper cutout', 'chart', 'film still', 'hieroglyph', 'balloon', 'shadow puppet']
NO_KIND = ['dessert', 'reptile', 'texture', 'weapon', 'furniture', 'dish', 'drink', 'jewelry', 'landmark', 'shape', 'symbol', 'room', 'landscape', 'material',
           'person', 'action', 'game', 'aircraft', 'pattern', 'place', 'scene', 'land use', 'country', 'number', 'colour', 'insect', 'pet', 'sport']
# Photographs' classes that are never trained on (every fifth of CoOp's 100 in label order).
HELD_PHOTO_CLASSES = set(range(4, 100, 5))


class World:
    def __init__(self):
        world = json.load(open(f'{WORK}/drawn/world.json'))
        self.suffix = {c['name']: c['suffix'] for c in world['categories']}
        self.openings = {s['name']: [s['phrase'], *s['wordings']] for s in world['styles']}
        self.openings[PHOTO] = PLAIN
        self.things = [(t['name'], t['category']) for t in world['things']]
        self.gloss = {(t['name'], t['category']): t['gloss'] for t in world['things']}
        self.senses = collections.defaultdict(list)
        for name, category in self.things:
            self.senses[name].append(category)
        self.by_category = collections.defaultdict(list)
        for name, category in self.things:
            self.by_category[category].append(name)
        self.styles = [s['name'] for s in world['styles']]


class Pictures:
    """Bytes [N, 64, 64, 3] and what is true of each: (name, category or None, style, colour or None)."""

    def __init__(self, world):
        shape = json.load(open(f'{WORK}/drawn/world.json'))['shape']
        self.facts = []
        for line in open(f'{WORK}/drawn/captions.jsonl'):
            c = json.loads(line)
            self.facts.append((c['class'], c['category'], c['style'], c['colour'], c['background'], c['view']))
        count = min(len(self.facts), shape[0])
        self.facts = self.facts[:count]
        self.bytes = np.memmap(f'{WORK}/drawn/images.u8', np.uint8, 'r', shape=(count, *shape[1:]))
        self.photos = np.zeros((0, 64, 64, 3), np.uint8)
        if os.path.exists(f'{WORK}/photos/train.npy'):
            pixels, labels = np.load(f'{WORK}/photos/train.npy'), np.load(f'{WORK}/photos/train_labels.npy')
            names = json.load(open(f'{WORK}/photos/names.json'))
            kept = [i for i, label in enumerate(labels) if label not in HELD_PHOTO_CLASSES]
            self.photos = pixels[kept]
            self.facts += [(names[labels[i]], None, PHOTO, None, None, None) for i in kept]
        self.drawn = count
        self.cells = collections.defaultdict(list)   # (style, category) -> pictures
        self.photo_classes = collections.defaultdict(list)
        for i, fact in enumerate(self.facts):
            if fact[2] == PHOTO:
                self.photo_classes[fact[0]].append(i)
            else:
                self.cells[fact[2], fact[1]].append(i)
        self.keys = sorted(self.cells)

    def tensor(self, rows):
        stack = np.stack([self.bytes[i] if i < self.drawn else self.photos[i - self.drawn] for i in rows])
        return torch.from_numpy(stack).permute(0, 3, 1, 2).float() / 255


def article(text):
    """"a owl" becomes "an owl"; half of the time only, because prompts with a class put in do not."""
    return re.sub(r'\ba (?=[aeiou])', 'an ', text) if random.random() < 0.5 else text


def write(opening, name, suffix='', colour=None, background=None, view=None):
    text = f'{opening} {colour + " " if colour else ""}{name}{suffix}'.strip()
    if background:
        text += f', on {background}'
    if view:
        text += f', {view}'
    return article(text + ('.' if random.random() < 0.8 else ''))


def suffix(world, category):
    """The world's own wording, or the one that fits every category."""
    return world.suffix[category] if random.random() < 0.7 else f', a type of {category}'


def caption(world, fact):
    """A true caption of a picture, and what it states: (name, category or None, style or None, colour or None)."""
    name, category, style, colour, background, view = fact
    plain = style == PHOTO or random.random() < 0.12
    says_category = category is not None and random.random() < 0.5
    says_colour = colour is not None and random.random() < 0.2
    if category is not None and random.random() < 0.1:  # the kind alone: "a chalk drawing of a bird."
        return write(random.choice(PLAIN if plain else world.openings[style]), category), (None, category, None if plain else style, None)
    general = [opening for opening, styles in GENERAL.items() if style in styles]
    if general and random.random() < 0.08:
        return write(random.choice(general), name, suffix(world, category) if says_category else ''), (name, category if says_category else None, None, None)
    text = write(random.choice(PLAIN if plain else world.openings[style]), name,
                 suffix(world, category) if says_category else '', colour if says_colour else None,
                 background if background and random.random() < 0.1 else None, view if view and random.random() < 0.1 else None)
    return text, (name, category if says_category else None, None if plain and style != PHOTO else style, colour if says_colour else None)


def negatives(world, fact):
    """A caption that is false of the picture in one point: another sense of its name, another style, a neighbour, or a medium or kind
    that no picture is."""
    name, category, style, colour, _, _ = fact
    roll = random.random()
    if roll < 0.15:
        medium = random.choice(NO_MEDIUM)
        return write(f'{"an" if medium[0] in "aeiou" or medium == "x-ray" else "a"} {medium} of a', name), (name, None, 'none', None)
    if roll < 0.3:
        kind, opening = random.choice(NO_KIND), random.choice(world.openings[style])
        text = write(opening, kind) if random.random() < 0.3 else write(opening, name, f', a type of {kind}')
        return text, (name, 'none', None, None)
    roll = random.random()
    if category is None:
        other = random.choice(world.styles)
        return write(random.choice(world.openings[other]), name), (name, None, other, None)
    if roll < 0.4 and len(world.senses[name]) > 1:
        category = random.choice([c for c in world.senses[name] if c != category])
    elif roll < 0.6:
        style = random.choice([s for s in world.styles if s != style])
    else:
        name = random.choice(world.by_category[category])
    says = random.random() < 0.7
    return (write(random.choice(world.openings[style]), name, suffix(world, category) if says else ''),
            (name, category if says else None, style, None))


def is_true(fact, stated):
    name, category, style, colour = stated
    return (name in (None, fact[0]) and category in (None, fact[1]) and style in (None, fact[2]) and colour in (None, fact[3]))


def words(world):
    """Counts of the words that captions, names and glosses use, for the tokenizer."""
    counts = collections.Counter()
    texts = [f'{o} {n}{world.suffix[c]}' for n, c in world.things for o in random.sample(sum(world.openings.values(), []), 12)]
    texts += list(world.gloss.values()) * 3 + [w for c in open(f'{WORK}/drawn/captions.jsonl') for w in [json.loads(c)['caption']]][:20000]
    names = f'{WORK}/photos/names.json'
    if os.path.exists(names):
        texts += json.load(open(names)) * 5
    # Words of prompts at large, so that templates outside the world are not spelled letter by letter.
    texts += ['itap of my large small blurry bright dark cropped close-up black and white low resolution high quality painting '
              'drawing sketch photograph scene object animal type kind centered satellite texture background image showing '
              'with the in this that of for good bad weird nice cool clean dirty many one single different detailed simple'] * 20
    from words import PATTERN
    for text in texts:
        counts.update(PATTERN.findall(text.lower()))
    return counts
