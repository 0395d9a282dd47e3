"""Writes a checkpoint in the Hugging Face CLIPModel layout, with reference.json (what the product's parity probe checks). usage: export.py WEIGHTS FOLDER"""
import json, os, shutil, struct, sys
import numpy as np, torch
from data import WORK
from model import Clip
from train import MEAN, STD, pad
from words import Tokenizer

TEXTS = ['a photo of a cat.', 'a photo of a dog.', 'dog', 'A Photo of a DOG!', 'a chalk drawing of a crane, a type of bird.',
         'a neon sign of a bat, a type of sports gear.', 'a photo of a grand piano.', 'itap of a helicopter.',
         "a picture of the woman's umbrella, it's red", "don't you've we'll i'm she'd they're", 'a photo of 2 cats & 10 dogs #1 (2026)',
         '  multiple   spaces\tand\nnewlines ', 'naïve café über straße', 'zxqwv blorptastic', '', 'a centered satellite photo of permanent crop land.']


def write_safetensors(path, tensors):
    header, at, blobs = {'__metadata__': {'format': 'pt'}}, 0, []
    for name in sorted(tensors):
        blob = np.ascontiguousarray(tensors[name].detach().numpy().astype('<f2')).tobytes()
        header[name] = dict(dtype='F16', shape=list(tensors[name].shape), data_offsets=[at, at + len(blob)])
        at += len(blob)
        blobs.append(blob)
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text + b''.join(blobs))


def formula_image(i, size):
    y, x, c = np.meshgrid(np.arange(size), np.arange(size), np.arange(3), indexing='ij')
    return ((x * (3 + c) + y * (5 + 2 * c) + 17 * i + x * y // (7 + i)) % 256).astype(np.uint8)


def write_json(path, content):
    with open(path, 'w', encoding='utf8') as file:
        json.dump(content, file, indent=2, ensure_ascii=False)
        file.write('\n')


def write_settings(folder, s, tokenizer):
    both = dict(hidden_act='quick_gelu', layer_norm_eps=1e-5, attention_dropout=0.0, initializer_factor=1.0, initializer_range=0.02, projection_dim=s['projection'])
    text = dict(model_type='clip_text_model', hidden_size=s['text_width'], intermediate_size=s['text_mlp'], num_hidden_layers=s['text_layers'],
                num_attention_heads=s['text_heads'], max_position_embeddings=s['context'], vocab_size=s['vocabulary'],
                bos_token_id=tokenizer.start, eos_token_id=tokenizer.end, pad_token_id=tokenizer.end, **both)
    vision = dict(model_type='clip_vision_model', hidden_size=s['vision_width'], intermediate_size=s['vision_mlp'], num_hidden_layers=s['vision_layers'],
                  num_attention_heads=s['vision_heads'], num_channels=3, image_size=s['image'], patch_size=s['patch'], **both)
    write_json(f'{folder}/config.json', dict(architectures=['CLIPModel'], model_type='clip', projection_dim=s['projection'], logit_scale_init_value=2.6592,
                                             initializer_factor=1.0, torch_dtype='float16', text_config=text, vision_config=vision))
    write_json(f'{folder}/preprocessor_config.json', dict(
        feature_extractor_type='CLIPFeatureExtractor', image_processor_type='CLIPImageProcessor', do_convert_rgb=True, do_resize=True, resample=3,
        size=dict(shortest_edge=s['image']), do_center_crop=True, crop_size=dict(height=s['image'], width=s['image']), do_rescale=True,
        rescale_factor=1 / 255, do_normalize=True, image_mean=[0.48145466, 0.4578275, 0.40821073], image_std=[0.26862954, 0.26130258, 0.27577711]))
    special = dict(bos_token='<|startoftext|>', eos_token='<|endoftext|>', unk_token='<|endoftext|>', pad_token='<|endoftext|>')
    write_json(f'{folder}/special_tokens_map.json', special)
    write_json(f'{folder}/tokenizer_config.json', dict(tokenizer_class='CLIPTokenizer', model_max_length=s['context'], do_lower_case=True, add_prefix_space=False, errors='replace', **special))


def main(weights, folder):
    os.makedirs(folder, exist_ok=True)
    tokenizer = Tokenizer(WORK)
    model = Clip(len(tokenizer.vocabulary))
    tensors = torch.load(weights, map_location='cpu')
    write_safetensors(f'{folder}/model.safetensors', tensors)
    write_settings(folder, model.shape, tokenizer)
    for file in ('vocab.json', 'merges.txt'):
        shutil.copy(f'{WORK}/{file}', folder)
    # The reference comes from the weights as they were stored, computed in fp32.
    model.load_state_dict({name: tensor.half().float() for name, tensor in tensors.items()})
    size = model.shape['image']
    pictures = np.stack([formula_image(i, size) for i in range(10)])
    with torch.no_grad():
        texts = [model.text(*pad(tokenizer, [text]))[0] for text in TEXTS]
        images = model.image((torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255 - MEAN) / STD)
    rounded = lambda vector: [round(value, 7) for value in vector.tolist()]
    with open(f'{folder}/reference.json', 'w', encoding='utf8') as file:
        json.dump(dict(
            note='L2-normalised embeddings of the stored fp16 weights in fp32; texts unpadded, pooled at the end-of-text token',
            logit_scale=model.logit_scale.item(),
            image_formula=f'uint8 RGB, {size} x {size}, no resize: pixel[y][x][c] = (x*(3+c) + y*(5+2*c) + 17*i + floor(x*y/(7+i))) mod 256',
            texts=[dict(text=text, ids=tokenizer(text), embedding=rounded(vector)) for text, vector in zip(TEXTS, texts)],
            images=[dict(i=i, first_row_first_8_pixels=pictures[i, 0, :8].tolist(), embedding=rounded(vector)) for i, vector in enumerate(images)]), file)
        file.write('\n')
    print({file: os.path.getsize(f'{folder}/{file}') for file in sorted(os.listdir(folder)) if os.path.isfile(f'{folder}/{file}')})


if __name__ == '__main__':
    main(*sys.argv[1:])
