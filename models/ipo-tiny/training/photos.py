"""Caltech-101 (CC BY 4.0) with CoOp's split as bytes: short side by bicubic, centre crop, as the product does.
Training photographs have a side of 80, for crops; validation and test 64. usage: photos.py FOLDER"""
import json, os, sys
import numpy as np
from PIL import Image
from data import WORK

root = sys.argv[1]
split = json.load(open(f'{root}/split_zhou_Caltech101.json'))
os.makedirs(f'{WORK}/photos', exist_ok=True)


def load(path, size):
    image = Image.open(f'{root}/101_ObjectCategories/{path}').convert('RGB')
    width, height = image.size
    short = min(width, height)
    image = image.resize((int(size * width / short), int(size * height / short)), Image.BICUBIC)
    left, top = round((image.size[0] - size) / 2), round((image.size[1] - size) / 2)
    return np.asarray(image.crop((left, top, left + size, top + size)))


names = {}
for part in ('train', 'val', 'test'):
    for _, label, name in split[part]:
        names[label] = name.replace('_', ' ')  # as CoOp's data and the product read class names
    np.save(f'{WORK}/photos/{part}.npy', np.stack([load(path, 80 if part == 'train' else 64) for path, _, _ in split[part]]))
    np.save(f'{WORK}/photos/{part}_labels.npy', np.array([label for _, label, _ in split[part]]))
json.dump([names[i] for i in range(len(names))], open(f'{WORK}/photos/names.json', 'w'))
print({part: len(split[part]) for part in split})
