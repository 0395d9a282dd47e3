"""Gives the names that no picture had a place among those that had one. usage: unseen.py WEIGHTS STEPS, WEIGHTS a .pt or .safetensors

Contrastive training leaves a name that no picture had wherever the words beside it push it, mostly away from the names it resembles. Here
it learns where its pictures would lie. What a thing looks like in words (attributes.txt) and its category predict its exemplar, the mean
of its pictures' embeddings, by ridge regression over the things that had pictures (Changpinyo, Chao and Sha 2017, "Predicting visual
exemplars of unseen classes"). The text tower then learns to put an unseen name, in every wording, as far from the mean of the seen names
in that wording as they lie, in the direction of its predicted exemplar; everything else that it says stays where it was. No picture of
an unseen thing takes part, and the vision tower is left alone.
"""
import copy, json, math, random, struct, sys, time
import numpy as np, torch, torch.nn.functional as F
from data import *
from model import Clip
from train import MEAN, STD, pad
from words import Tokenizer

RIDGE, CATEGORY, DISTANCE = 1.0, 0.5, 0.8  # chosen on other drawings of the held-out things and on validation photographs
PICTURES = 40_000                          # of the drawn ones; every thing has about two hundred among them
WORDINGS, UNSEEN, SEEN, OTHERS = 6, 20, 40, 240


def read(path):
    """Weights as torch saved them, or the tensors of a checkpoint in fp16."""
    if not path.endswith('.safetensors'):
        return torch.load(path, map_location='cpu')
    with open(path, 'rb') as file:
        header = json.loads(file.read(struct.unpack('<Q', file.read(8))[0]))
        start = file.tell()
        header.pop('__metadata__', None)
        tensors = {}
        for name, tensor in header.items():
            begin, end = tensor['data_offsets']
            file.seek(start + begin)
            tensors[name] = torch.from_numpy(np.frombuffer(file.read(end - begin), '<f2').reshape(tensor['shape']).copy()).float()
        return tensors


@torch.no_grad()
def exemplars(model, world, pictures):
    """For each thing that has pictures its mean embedding, [things, width], less the mean of its kind of picture: of its style, or of photographs."""
    photos = F.interpolate(torch.from_numpy(pictures.photos).permute(0, 3, 1, 2).float() / 255, size=model.shape['image'], mode='area')
    drawn = range(min(PICTURES, pictures.drawn))
    embedded, start = [], time.time()
    for rows in torch.tensor(drawn).split(256):
        pixels = torch.from_numpy(pictures.bytes[rows[0]:rows[-1] + 1].copy()).permute(0, 3, 1, 2).float() / 255
        embedded.append(model.image((pixels - MEAN) / STD))
        if rows[0] % 10_240 == 0:
            print(f'{rows[0]} pictures, {time.time() - start:.0f} s', flush=True)
    embedded = torch.cat(embedded + [model.image((part - MEAN) / STD) for part in photos.split(256)])
    numbers = torch.cat([pictures.numbers[:len(drawn)], pictures.numbers[pictures.drawn:]])
    things, styles = numbers[:, 4], numbers[:, 2]
    for style in styles.unique():
        embedded[styles == style] -= embedded[styles == style].mean(0)
    # A thing that was drawn and photographed counts as two.
    kinds = [(thing, photographed) for photographed in (False, True) for thing in things[(styles == world.style_ids[PHOTO]) == photographed].unique().tolist()]
    means = [embedded[(things == thing) & ((styles == world.style_ids[PHOTO]) == photographed)].mean(0) for thing, photographed in kinds]
    return [thing for thing, _ in kinds], torch.stack(means)


def predicted(world, seen, means):
    """The direction in which each thing's exemplar lies, [things, width], of length 1."""
    categories = torch.zeros(len(world.things), len(world.category_ids))
    for (_, category), thing in world.thing_ids.items():
        categories[thing, world.category_ids[category]] = CATEGORY
    described = torch.cat([F.normalize(world.thing_looks, dim=-1), categories], 1)
    kernel = described[seen] @ described[seen].T + RIDGE * torch.eye(len(seen))
    return F.normalize(described @ described[seen].T @ torch.linalg.solve(kernel, means - means.mean(0)), dim=-1)


def wording(world, categories):
    """A wording, the same for all names: what stands before them, what behind, and the category it names or none."""
    category = random.choice(categories) if random.random() < 0.5 else None
    opening = random.choice(PLAIN + PHOTOGRAPHS if random.random() < 0.4 else world.openings[random.choice(world.styles)])
    behind = suffix(world, category) if category else ''
    behind += random.choice(['', '', '', f', {random.choice(DECORATION)}']) + random.choice(['', '.', '.', '.'])
    return lambda name: f'{opening} {name}{behind}'.strip(), category


def main(weights, steps):
    torch.manual_seed(1)
    random.seed(1)
    world = World()
    pictures = Pictures(world)
    world.fillers = fillers(world)
    tokenizer = Tokenizer(WORK)
    model = Clip(len(tokenizer.vocabulary))
    model.load_state_dict(read(weights))
    directions = predicted(world, *exemplars(model, world, pictures))
    before = copy.deepcopy(model).eval()
    pictured = set(world.pictured)
    unseen = [thing for thing in world.things if thing not in pictured]
    categories = [c for c, names in world.by_category.items() if {(n, c) for n in names} - pictured and sum((n, c) in pictured for n in names) > 4]
    print(f'{len(unseen)} things without pictures, in {len(categories)} categories that have others', flush=True)
    parameters = [p for name, p in model.named_parameters() if name.startswith('text_')]
    optimizer = torch.optim.AdamW(parameters, betas=(0.9, 0.98), weight_decay=0.0)
    text = lambda tower, texts: tower.text(*pad(tokenizer, texts))
    start = time.time()
    for step in range(steps):
        for group in optimizer.param_groups:
            group['lr'] = 3e-4 * min(1, (step + 1) / 20) * 0.5 * (1 + math.cos(math.pi * step / steps))
        texts, targets = [], []
        for _ in range(WORDINGS):
            say, category = wording(world, categories)
            of = lambda things: [thing for thing in things if category in (None, thing[1])]
            named = of(unseen)
            named = random.sample(named, min(UNSEEN, len(named)))
            others = random.sample(known := of(world.pictured), min(SEEN, len(known)))
            with torch.no_grad():
                seen = text(before, [say(name) for name, _ in others])
                distance = DISTANCE * (seen - seen.mean(0)).norm(dim=-1).mean()
                targets += [seen, F.normalize(seen.mean(0) + distance * directions[[world.thing_ids[thing] for thing in named]], dim=-1)]
            texts += [say(name) for name, _ in others + named]
        facts = random.choices(pictures.facts, k=OTHERS)
        others = [(caption if random.random() < 0.6 else negative)(world, fact)[0] for fact in facts]
        with torch.no_grad():
            targets.append(text(before, others))
        loss = (text(model, texts + others) - torch.cat(targets)).square().sum(-1).mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        if (step + 1) % 25 == 0:
            print(f'{step + 1} squared distance {loss.item():.4f} {time.time() - start:.0f} s', flush=True)
    torch.save(model.state_dict(), f'{WORK}/placed.pt')


if __name__ == '__main__':
    main(sys.argv[1], int(sys.argv[2]))
