"""What the checkpoint makes of things it never saw drawn, and of photographs. Writes a Markdown part for the card. usage: held_out.py WEIGHTS REPOSITORY"""
import json, os, subprocess, sys, tempfile
import numpy as np, torch
from PIL import Image
from data import HELD_PHOTO_CLASSES, WORK, World
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
    world = World()
    print('| thing never drawn in training | right among the names of its category | chance |\n|---|---:|---:|')
    right_in_all, of, chances = 0, 0, []
    with tempfile.TemporaryDirectory() as folder:
        for category, name in HELD_THINGS:
            target = f'{folder}/{name}'
            subprocess.run(['dotnet', 'run', '-c', 'Release', '--project', f'{repository}/src/Ipo.Samples', '--', 'draw', target, '--category', category,
                            '--class', name, '--count', str(COUNT), '--size', '64', '--seed', '7', *[word for style in STYLES for word in ('--style', style)]],
                           check=True, stdout=subprocess.DEVNULL)
            pixels = np.stack([np.asarray(Image.open(f'{target}/{name}/{i:04}.png').convert('RGB')) for i in range(COUNT)])
            names = sorted(world.by_category[category])
            scores = judge.images(pixels) @ judge.texts(f'a picture of a <CLASS>{world.suffix[category]}.', names).T
            right = int((scores.argmax(1) == names.index(name)).sum())
            right_in_all, of = right_in_all + right, of + COUNT
            chances.append(1 / len(names))
            print(f'| {name} | {percent(right, COUNT)} % | {100 / len(names):.1f} % |')
    print(f'| all {len(HELD_THINGS)} | **{percent(right_in_all, of)} %** of {of} pictures | {100 * np.mean(chances):.1f} % |\n')


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


if __name__ == '__main__':
    judge = Judge(sys.argv[1])
    things(judge, sys.argv[2])
    photographs(judge)
