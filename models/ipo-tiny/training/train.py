"""Trains both towers, from random weights where none are given. usage: train.py MINUTES [WEIGHTS]

Each step takes one group of pictures that share a style and mostly a category (so that neighbours are told apart), pictures
from anywhere, and photographs. Their captions, and as many that are false in one point, are the texts. A picture's own caption
is the target; other captions that are true of it are neither for nor against it. On the text side alone, a name is drawn to
its gloss and its category, which is all that is ever learned of a held-out name. Two heads that are thrown away name the thing
and the style from the image alone: a small tower learns to see sooner when every picture is told from all things at once.
"""
import math, os, random, sys, time
import torch, torch.nn.functional as F
from data import *
from model import Clip
from words import Tokenizer, learn

MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073]).view(1, 3, 1, 1)
STD = torch.tensor([0.26862954, 0.26130258, 0.27577711]).view(1, 3, 1, 1)
GROUPED, ANYWHERE, PHOTOS, TEXT_PAIRS = 96, 64, 32, 16


def pad(tokenizer, texts):
    ids = [tokenizer(text) for text in texts]
    out = torch.zeros(len(ids), max(map(len, ids)), dtype=torch.long)
    for row, line in zip(out, ids):
        row[:len(line)] = torch.tensor(line)
    return out, torch.tensor([len(line) - 1 for line in ids])


def vary(x):
    """A crop of at least three quarters, half of them mirrored, with a little brightness."""
    n, size = len(x), x.shape[-1]
    scale = torch.empty(n).uniform_(0.75, 1.0)
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0] = scale * torch.where(torch.rand(n) < 0.5, 1.0, -1.0)
    theta[:, 1, 1] = scale
    theta[:, 0, 2], theta[:, 1, 2] = ((torch.rand(n) * 2 - 1) * (1 - scale) for _ in range(2))
    x = F.grid_sample(x, F.affine_grid(theta, [n, 3, size, size], align_corners=False), mode='bilinear', padding_mode='reflection', align_corners=False)
    return (x * torch.empty(n, 1, 1, 1).uniform_(0.9, 1.1)).clamp(0, 1)


def choose(pictures):
    style, category = random.choice(pictures.keys)
    rows = random.choices(pictures.cells[style, category], k=GROUPED // 2)
    style, category = random.choice(pictures.keys)
    rows += random.choices(pictures.cells[style, category], k=GROUPED // 2)
    rows += random.choices(range(pictures.drawn), k=ANYWHERE)
    if pictures.photo_classes:
        names = random.choices(list(pictures.photo_classes), k=PHOTOS)
        rows += [random.choice(pictures.photo_classes[name]) for name in names]
    return rows


def contrast(world, facts, images, texts, stated, scale):
    """Symmetric cross-entropy over captions; what is true besides the own caption is left out of the sum."""
    own = torch.arange(len(facts))
    by_fact = {}
    true = torch.zeros(len(facts), len(stated), dtype=torch.bool)
    for i, fact in enumerate(facts):
        key = fact[:4]
        if key not in by_fact:
            by_fact[key] = torch.tensor([is_true(fact, s) for s in stated])
        true[i] = by_fact[key]
    aside = true.clone()
    aside[own, own] = False
    logits = scale * images @ texts.T
    image_loss = F.cross_entropy(logits.masked_fill(aside, -1e4), own)
    text_loss = F.cross_entropy(logits[:, :len(facts)].T.masked_fill(aside[:, :len(facts)].T, -1e4), own)
    return image_loss, text_loss


def text_pairs(world):
    """A name and another way to say the same thing."""
    things = random.sample(world.things, TEXT_PAIRS)
    left, right, labels = [], [], []
    for name, category in things:
        opening = random.choice(world.openings[random.choice(world.styles)]) if random.random() < 0.5 else random.choice(PLAIN)
        sure = len(world.senses[name]) == 1
        left.append(write(opening, name, '' if sure else world.suffix[category]))
        right.append(write(opening, world.gloss[name, category]) if random.random() < 0.5 else write(opening, name, world.suffix[category]))
        labels.append((name, category))
    return left, right


class Heads(torch.nn.Module):
    """Linear classifiers of a picture's feature: which thing (a photograph's class counts as one), which style."""

    def __init__(self, pictures, width):
        super().__init__()
        self.things = {thing: i for i, thing in enumerate(sorted({fact[:2] for fact in pictures.facts}, key=str))}
        self.styles = {style: i for i, style in enumerate(sorted({fact[2] for fact in pictures.facts}))}
        self.thing, self.style = torch.nn.Linear(width, len(self.things)), torch.nn.Linear(width, len(self.styles))

    def forward(self, features, facts):
        things, styles = torch.tensor([self.things[fact[:2]] for fact in facts]), torch.tensor([self.styles[fact[2]] for fact in facts])
        return F.cross_entropy(self.thing(features), things), F.cross_entropy(self.style(features), styles)


def main(minutes, weights=None):
    torch.manual_seed(1)
    random.seed(1)
    world = World()
    pictures = Pictures(world)
    size = learn(words(world), 8192, WORK) if not os.path.exists(f'{WORK}/vocab.json') else len(json.load(open(f'{WORK}/vocab.json')))
    tokenizer, model = Tokenizer(WORK), Clip(size)
    if weights:
        model.load_state_dict(torch.load(weights))
    heads = Heads(pictures, model.shape['vision_width'])
    print(f'{len(pictures.facts)} pictures, {len(pictures.photos)} of them photographs; {size} words; '
          f'{sum(p.numel() for p in model.parameters()):,} parameters', flush=True)
    decayed = [p for n, p in model.named_parameters() if p.ndim >= 2 and 'embedding' not in n]
    known = {id(p) for p in decayed}
    optimizer = torch.optim.AdamW([dict(params=decayed, weight_decay=0.05),
                                   dict(params=[p for p in model.parameters() if id(p) not in known], weight_decay=0.0),
                                   dict(params=heads.parameters(), weight_decay=0.0)], lr=1e-3, betas=(0.9, 0.98))
    average = {k: v.detach().clone() for k, v in model.state_dict().items()}
    start, step, seen, mean, saved = time.time(), 0, 0, {}, time.time()
    begun = 0.4 if weights else 0.0  # weights that are given have the first part of the schedule behind them
    while (progress := begun + (1 - begun) * (time.time() - start) / (60 * minutes)) < 1:
        rate = 1.2e-3 * min(1, (step + 1) / 150) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress)))
        for group in optimizer.param_groups:
            group['lr'] = rate
        rows = choose(pictures)
        facts = [pictures.facts[i] for i in rows]
        keep = 24 if progress < 0.5 else 36 if progress < 0.85 else None
        features = model.vision_model((vary(pictures.tensor(rows)) - MEAN) / STD, keep)
        images = F.normalize(model.visual_projection(features), dim=-1)
        thing_loss, style_loss = heads(features, facts)
        # Every second picture of the groups brings a false caption.
        stated = [caption(world, fact) for fact in facts] + [negatives(world, fact) for fact in facts[:GROUPED:2]]
        left, right = text_pairs(world)
        texts = model.text(*pad(tokenizer, [text for text, _ in stated] + left + right))
        scale = model.logit_scale.exp()
        image_loss, text_loss = contrast(world, facts, images, texts[:len(stated)], [s for _, s in stated], scale)
        a, b = texts[len(stated):len(stated) + TEXT_PAIRS], texts[len(stated) + TEXT_PAIRS:]
        words_loss = F.cross_entropy(20 * a @ b.T, torch.arange(TEXT_PAIRS))
        loss = image_loss + 0.5 * text_loss + 0.3 * words_loss + 0.5 * thing_loss + 0.2 * style_loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step, seen = step + 1, seen + len(rows)
        with torch.no_grad():
            model.logit_scale.clamp_(max=math.log(60.0))
            if step % 2 == 0:
                part = 1 - min(0.995, (1 + step) / (20 + step))
                for k, v in model.state_dict().items():
                    average[k].lerp_(v, part)
        for name, value in (('image', image_loss), ('text', text_loss), ('words', words_loss), ('thing', thing_loss), ('style', style_loss)):
            mean[name] = 0.97 * mean.get(name, value.item()) + 0.03 * value.item()
        if step % 50 == 0:
            print(f'{step} {progress:.3f} ' + ' '.join(f'{k} {v:.3f}' for k, v in mean.items()) +
                  f' scale {scale.item():.1f} {seen / (time.time() - start):.0f} pictures/s', flush=True)
        if time.time() - saved > 240:
            saved = time.time()
            torch.save(average, f'{WORK}/average.pt')
    torch.save(average, f'{WORK}/average.pt')
    torch.save(model.state_dict(), f'{WORK}/last.pt')
    print(f'{seen} presentations in {step} steps', flush=True)


if __name__ == '__main__':
    main(float(sys.argv[1]), *sys.argv[2:])
