"""What the checkpoint makes of things it never saw drawn, of photographs, and of wording. Writes Markdown parts for the card. usage: held_out.py WEIGHTS REPOSITORY"""
import json, os, subprocess, sys, tempfile
import numpy as np, torch
from PIL import Image
from data import HELD_PHOTO_CLASSES, WORK, World
from evaluate import BASELINE, DATASETS
from model import Clip
from train import MEAN, STD, pad
from words import Tokenizer

HELD_THINGS = [('animal', 'giraffe'), ('sea creature', 'octopus'), ('vehicle', 'tractor'), ('tool', 'hammer'), ('musical instrument', 'guitar'),
               ('building', 'castle'), ('plant', 'mushroom'), ('food', 'pizza'), ('clothing', 'hat'), ('weather', 'rainbow')]
STYLES = ['render', 'cartoon', 'watercolour', 'crayon']
COUNT = 40


class Judge:
    def __init__(self, weights):
        self.tokenizer = Tokenizer(WORK)
        self.model = Clip(len(self.tokenizer.vocabulary))
        # As stored in the product: rounded to fp16, run in fp32.
        self.model.load_state_dict({name: tensor.half().float() for name, tensor in torch.load(weights).items()})

    @torch.no_grad()
    def images(self, pixels):
        parts = [self.model.image((torch.from_numpy(part).permute(0, 3, 1, 2).float() / 255 - MEAN) / STD) for part in np.array_split(pixels, max(1, len(pixels) // 128))]
        return torch.cat(parts)

    @torch.no_grad()
    def texts(self, template, names):
        return self.model.text(*pad(self.tokenizer, [template.replace('<CLASS>', name) for name in names]))


def percent(right, of):
    return f'{100 * right / of:.1f}'


def things(judge, repository):
    """Two measures of zero-shot recognition: among the held-out names alone (Lampert et al. 2009), and, harder, among all names of the
    category, most of which were trained (generalised zero-shot learning, Chao et al. 2016)."""
    world = World()
    held = [name for _, name in HELD_THINGS]
    with tempfile.TemporaryDirectory() as folder:
        pictures = {}
        for category, name in HELD_THINGS:
            target = f'{folder}/{name}'
            subprocess.run(['dotnet', 'run', '-c', 'Release', '--project', f'{repository}/samples/Ipo.Samples', '--', 'draw', target, '--category', category,
                            '--class', name, '--count', str(COUNT), '--size', '64', '--seed', '7', *[word for style in STYLES for word in ('--style', style)]],
                           check=True, stdout=subprocess.DEVNULL)
            pictures[name] = judge.images(np.stack([np.asarray(Image.open(f'{target}/{name}/{i:04}.png').convert('RGB')) for i in range(COUNT)]))
    print(f'| thing never drawn in training | among the {len(held)} held-out names | among its category\'s names | chance there |\n|---|---:|---:|---:|')
    totals, chances = [0, 0], []
    for category, name in HELD_THINGS:
        names = sorted(world.drawn_by_category[category])
        among_held = int(((pictures[name] @ judge.texts('a picture of a <CLASS>.', held).T).argmax(1) == held.index(name)).sum())
        among_all = int(((pictures[name] @ judge.texts(f'a picture of a <CLASS>{world.suffix[category]}.', names).T).argmax(1) == names.index(name)).sum())
        totals = [totals[0] + among_held, totals[1] + among_all]
        chances.append(1 / len(names))
        print(f'| {name} | {percent(among_held, COUNT)} % | {percent(among_all, COUNT)} % | {100 / len(names):.1f} % |')
    of = COUNT * len(held)
    print(f'| all, of {of} pictures | **{percent(totals[0], of)} %** (chance {100 / len(held):.0f} %) | **{percent(totals[1], of)} %** | {100 * np.mean(chances):.1f} % |\n')


def photographs(judge):
    names = json.load(open(f'{WORK}/photos/names.json'))
    pixels, labels = np.load(f'{WORK}/photos/test.npy'), np.load(f'{WORK}/photos/test_labels.npy')
    held = np.isin(labels, sorted(HELD_PHOTO_CLASSES))
    images = judge.images(pixels)
    print('| template | all 100 names, all test photographs | trained classes (80) | held-out classes (20) | held-out classes, their 20 names only |\n|---|---:|---:|---:|---:|')
    for template in ('a photo of a <CLASS>.', '<CLASS>'):
        scores = (images @ judge.texts(template, names).T).numpy()
        right = scores.argmax(1) == labels
        few = sorted(HELD_PHOTO_CLASSES)
        among = np.array(few)[scores[held][:, few].argmax(1)] == labels[held]
        print(f'| `{template}` | **{percent(right.sum(), len(right))} %** | {percent(right[~held].sum(), (~held).sum())} % | {percent(right[held].sum(), held.sum())} % | {percent(among.sum(), held.sum())} % |')
    print()


def wording(judge, repository):
    """Plain and true templates on many fresh pictures: what naming style and category is worth, without a search."""
    print('| dataset, by its true template | pictures | plain | true template |\n|---|---:|---:|---:|')
    shares = []
    with tempfile.TemporaryDirectory() as folder:
        for style, category in DATASETS:
            target = f'{folder}/{style}-{category}'
            subprocess.run(['dotnet', 'run', '-c', 'Release', '--project', f'{repository}/samples/Ipo.Samples', '--', 'draw', target, '--style', style, '--category', category,
                            '--count', '100', '--size', '64', '--seed', '12'], check=True, stdout=subprocess.DEVNULL)
            truth = json.load(open(f'{target}/sample.json'))['trueTemplate']
            names = sorted(entry.name for entry in os.scandir(target) if entry.is_dir())
            images = judge.images(np.stack([np.asarray(Image.open(f'{target}/{name}/{i:04}.png').convert('RGB')) for name in names for i in range(100)]))
            labels = torch.arange(len(names)).repeat_interleave(100)
            right = [int(((images @ judge.texts(template, names).T).argmax(1) == labels).sum()) for template in (BASELINE, truth)]
            shares.append([count / len(labels) for count in right])
            print(f'| `{truth}` | {len(labels)} | {percent(right[0], len(labels))} | {percent(right[1], len(labels))} |')
    print('| **mean** | | {:.1f} | {:.1f} |\n'.format(*(100 * np.mean(shares, axis=0))))


if __name__ == '__main__':
    judge = Judge(sys.argv[1])
    things(judge, sys.argv[2])
    photographs(judge)
    wording(judge, sys.argv[2])
