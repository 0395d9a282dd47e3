"""Trains both towers from random weights. usage: train.py STEPS

Each step takes groups of pictures that share a style and mostly a category (so that neighbours are told apart), pictures from anywhere,
and photographs. Their captions, and some that are false in one point, are the texts. A picture's own caption is the target; other
captions that are true of it are neither for nor against it. On the text side alone, a name is drawn to its gloss and its looks, which is
all that is ever learned of a held-out name. Heads that are thrown away name the thing, the style and the looks from the image alone: a
small tower learns to see sooner when every picture is told from all things at once.

The same script runs on a CPU and, in bf16, on a GPU. More steps are not better in everything: a tower that has seen the drawn world too
often knows its pictures whatever they are called, and no wording is worth anything to it (README.md has the figures).
"""
import math, os, random, sys, time
import torch, torch.nn.functional as F
from data import *
from model import Clip
from words import Tokenizer, learn

DEVICE = 'cuda' if torch.cuda.is_available() else 'cpu'
GROUPS, GROUP, ANYWHERE, PHOTOS, TEXT_PAIRS = 4, 48, 96, 320, 64
VOCABULARY = 6144
MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073]).view(1, 3, 1, 1)
STD = torch.tensor([0.26862954, 0.26130258, 0.27577711]).view(1, 3, 1, 1)


def pad(tokenizer, texts):
    ids = [tokenizer(text) for text in texts]
    out = torch.zeros(len(ids), max(map(len, ids)), dtype=torch.long)
    for row, line in zip(out, ids):
        row[:len(line)] = torch.tensor(line)
    return out, torch.tensor([len(line) - 1 for line in ids])


def vary(x, size, least, turn, tint):
    """A crop, mirrored half of the time. least: the least side of the crop; turn: the most radians; tint: how far light and colour go."""
    n, device = len(x), x.device
    even = lambda low, high, *shape: torch.empty(n, *shape, device=device).uniform_(low, high)
    scale, angle, stretch = even(least, 1.0), even(-turn, turn), even(-0.15, 0.15).exp() if turn else torch.ones(n, device=device)
    mirror = torch.where(torch.rand(n, device=device) < 0.5, 1.0, -1.0)
    theta = torch.stack([torch.stack([scale * stretch * mirror * angle.cos(), -scale * angle.sin(), even(-1, 1) * (1 - scale)], 1),
                         torch.stack([scale * mirror * angle.sin(), scale / stretch * angle.cos(), even(-1, 1) * (1 - scale)], 1)], 1)
    x = F.grid_sample(x, F.affine_grid(theta, [n, 3, size, size], align_corners=False), mode='bilinear', padding_mode='reflection', align_corners=False)
    x = x * even(1 - tint, 1 + tint, 1, 1, 1)
    if turn:
        middle, grey = x.mean((1, 2, 3), keepdim=True), x.mean(1, keepdim=True)
        x = middle + (x - middle) * even(1 - tint, 1 + tint, 1, 1, 1)
        x = grey + (x - grey) * torch.where(torch.rand(n, 1, 1, 1, device=device) < 0.1, 0.0, even(1 - 2 * tint, 1 + 2 * tint, 1, 1, 1))
    return x.clamp(0, 1)


def choose(pictures):
    """Rows of pictures: the groups first, photographs last."""
    rows = []
    for _ in range(GROUPS):
        rows += random.choices(pictures.cells[random.choice(pictures.keys)], k=GROUP)
    rows += random.choices(range(pictures.drawn), k=ANYWHERE)
    if pictures.photo_classes:
        names = list(pictures.photo_classes)
        rows += [random.choice(pictures.photo_classes[name]) for name in random.choices(names, k=PHOTOS)]
    return rows


class Batches(torch.utils.data.IterableDataset):
    """What one step needs besides the pixels: rows, token ids, and what the captions state."""

    def __init__(self, world, pictures, tokenizer):
        self.world, self.pictures, self.tokenizer = world, pictures, tokenizer

    def __iter__(self):
        worker = torch.utils.data.get_worker_info()
        random.seed(1 + (worker.id if worker else 0))
        world = self.world
        while True:
            rows = choose(self.pictures)
            facts = [self.pictures.facts[i] for i in rows]
            # Every second picture of the groups brings a false caption.
            captions = [caption(world, fact) for fact in facts] + [negative(world, fact) for fact in facts[:GROUPS * GROUP:2]]
            # Half of the pairs are of one category, so that its names are told apart.
            category = random.choice(list(world.by_category))
            pairs = [text_pair(world, category if i < TEXT_PAIRS // 2 else None) for i in range(TEXT_PAIRS)]
            texts = [text for text, _ in captions] + [left for left, _, _ in pairs] + [right for _, right, _ in pairs]
            stated, looks = numbered(world, [s for _, s in captions])
            ids, ends = pad(self.tokenizer, texts)
            yield torch.tensor(rows), ids, ends, stated, looks, torch.tensor([world.thing_ids[thing] for _, _, thing in pairs])


class Pixels:
    """Every picture as bytes; on a GPU all of them lie there."""

    def __init__(self, pictures):
        self.drawn = pictures.drawn
        self.parts = [torch.from_numpy(np.asarray(part)) for part in (pictures.bytes, pictures.photos)]
        if DEVICE == 'cuda':
            self.parts = [part.to(DEVICE) for part in self.parts]

    def __call__(self, rows, size):
        photographs = int((rows >= self.drawn).sum())
        drawn, photos = rows[:len(rows) - photographs], rows[len(rows) - photographs:] - self.drawn
        floats = lambda part, which: part[which.to(part.device)].permute(0, 3, 1, 2).to(DEVICE).float() / 255
        return torch.cat([vary(floats(self.parts[0], drawn), size, 0.75, 0.0, 0.1)] +
                         ([vary(floats(self.parts[1], photos), size, 0.5, 0.2, 0.3)] if photographs else []))


class Heads(torch.nn.Module):
    """Linear readings of a picture's feature: which thing, which style, which looks."""

    def __init__(self, world, width):
        super().__init__()
        self.thing, self.style, self.look = (torch.nn.Linear(width, n) for n in (len(world.things), len(world.openings), len(world.look_ids)))

    def forward(self, features, facts, thing_looks):
        return (F.cross_entropy(self.thing(features).float(), facts[:, 4], label_smoothing=0.1), F.cross_entropy(self.style(features).float(), facts[:, 2]),
                F.binary_cross_entropy_with_logits(self.look(features).float(), thing_looks[facts[:, 4]]) * 20)


def contrast(images, texts, true, scale):
    """Symmetric cross-entropy over captions; what is true besides the own caption is left out of the sum. true: [pictures, captions]."""
    own = torch.arange(len(images), device=images.device)
    aside = true.clone()
    aside[own, own] = False
    logits = scale * images.float() @ texts.float().T
    image_loss = F.cross_entropy(logits.masked_fill(aside, -1e4), own)
    text_loss = F.cross_entropy(logits[:, :len(images)].T.masked_fill(aside[:, :len(images)].T, -1e4), own)
    return image_loss, text_loss


def main(steps):
    torch.manual_seed(1)
    torch.set_float32_matmul_precision('high')
    random.seed(1)
    world = World()
    pictures = Pictures(world)
    world.fillers = fillers(world)
    size = learn(words(world), VOCABULARY, WORK) if not os.path.exists(f'{WORK}/vocab.json') else len(json.load(open(f'{WORK}/vocab.json')))
    tokenizer, model = Tokenizer(WORK), Clip(size).to(DEVICE)
    heads = Heads(world, model.shape['vision_width']).to(DEVICE)
    print(f'{len(pictures.facts)} pictures, {len(pictures.photos)} of them photographs; {size} tokens; {len(world.fillers)} fillers; '
          f'{sum(p.numel() for p in model.parameters()):,} parameters; {DEVICE}, torch {torch.__version__}', flush=True)
    decayed = [p for n, p in model.named_parameters() if p.ndim >= 2 and 'embedding' not in n]
    known = {id(p) for p in decayed}
    optimizer = torch.optim.AdamW([dict(params=decayed, weight_decay=0.1),
                                   dict(params=[p for p in model.parameters() if id(p) not in known], weight_decay=0.0),
                                   dict(params=heads.parameters(), weight_decay=0.0)], lr=1e-3, betas=(0.9, 0.98))
    average = {k: v.detach().clone() for k, v in model.state_dict().items()}
    pixels, mean_of, std_of = Pixels(pictures), MEAN.to(DEVICE), STD.to(DEVICE)
    facts_of, thing_looks = pictures.numbers.to(DEVICE), world.thing_looks.to(DEVICE)
    workers = max(0, min(6, os.cpu_count() - 2)) if DEVICE == 'cuda' else 0
    batches = iter(torch.utils.data.DataLoader(Batches(world, pictures, tokenizer), batch_size=None, num_workers=workers, **(dict(prefetch_factor=4) if workers else {})))
    start, step, seen, saved = time.time(), 0, 0, time.time()
    while (progress := step / steps) < 1:
        rate = 1.2e-3 * min(1, (step + 1) / 150) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress)))
        for group in optimizer.param_groups:
            group['lr'] = rate
        rows, ids, ends, stated, looks, pair_things = next(batches)
        ids, ends, stated, looks, pair_things = (value.to(DEVICE, non_blocking=True) for value in (ids, ends, stated, looks, pair_things))
        facts = facts_of[rows.to(DEVICE)]
        keep = 24 if progress < 0.4 else 36 if progress < 0.8 else None
        x = (pixels(rows, model.shape['image']) - mean_of) / std_of
        with torch.autocast(DEVICE, torch.bfloat16, enabled=DEVICE == 'cuda'):
            features = model.vision_model(x, keep)
            images = F.normalize(model.visual_projection(features).float(), dim=-1)
            thing_loss, style_loss, look_loss = heads(features, facts, thing_looks)
            texts = model.text(ids, ends)
        scale = model.logit_scale.exp()
        image_loss, text_loss = contrast(images, texts[:len(stated)], truth(facts, stated, looks, thing_looks), scale)
        a, b = texts[len(stated):].float().chunk(2)
        same = (pair_things[:, None] == pair_things[None]).fill_diagonal_(False)
        words_loss = F.cross_entropy((20 * a @ b.T).masked_fill(same, -1e4), torch.arange(len(a), device=DEVICE))
        losses = dict(image=image_loss, text=text_loss, words=words_loss, thing=thing_loss, style=style_loss, look=look_loss)
        loss = image_loss + 0.5 * text_loss + 0.3 * words_loss + 0.5 * thing_loss + 0.2 * style_loss + 0.2 * look_loss
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
        if step % 50 == 0:
            print(f'{step} {progress:.3f} ' + ' '.join(f'{name} {value.item():.3f}' for name, value in losses.items()) +
                  f' scale {scale.item():.1f} {seen / (time.time() - start):.0f} pictures/s', flush=True)
        if time.time() - saved > 240:
            saved = time.time()
            torch.save({k: v.cpu() for k, v in average.items()}, f'{WORK}/average.pt')
    torch.save({k: v.cpu() for k, v in average.items()}, f'{WORK}/average.pt')
    print(f'{seen} presentations in {step} steps, {time.time() - start:.0f} s', flush=True)
    if workers:
        os._exit(0)  # the workers would go on for ever


if __name__ == '__main__':
    main(int(sys.argv[1]))
