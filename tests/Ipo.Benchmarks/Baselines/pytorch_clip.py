"""PyTorch's CLIPModel in fp16 on the card that the row `gpu` measures: from ids and images in memory to normalised embeddings in memory,
and the card's rate on a large product. Images are fed as the row feeds them, as bytes that are normalised on the card; as bytes that
need not be copied to pinned memory first, which the row's are; and as transformers' processor leaves them, fp32 pixels.
Needs torch with CUDA and transformers. usage: pytorch_clip.py"""
import statistics, time
import torch, transformers
from transformers import CLIPConfig, CLIPModel

CLASSES, IMAGES, BATCH, ROUNDS = 1000, 1024, 256, 20
# CLIP's normalisation: openai/CLIP, clip/clip.py, _transform.
MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073]).view(3, 1, 1)
DEVIATION = torch.tensor([0.26862954, 0.26130258, 0.27577711]).view(3, 1, 1)
# Tokens in front of the class name (start included), and behind it (end included): as the row's three templates have them.
TEMPLATES = {'a photo of a <CLASS>.': (5, 2), '12 words, class last': (20, 2), 'class in the middle': (10, 12)}
# How many class names have 1, 2, 3 … tokens: Workload/ClassList.cs.
LENGTHS = [n for n, count in enumerate([360, 360, 150, 70, 30, 14, 8, 4, 2, 1, 0, 1], 1) for _ in range(count)]


def median(work):
    for _ in range(3):
        work()
    seconds = []
    for _ in range(ROUNDS):
        torch.cuda.synchronize()
        start = time.perf_counter()
        work()
        torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def feature(output):
    return output if isinstance(output, torch.Tensor) else output.pooler_output


def ids(before, after, width=None):
    """Token ids and mask, padded to the longest or to `width`; the end of a text has the largest id."""
    width = width or before + max(LENGTHS) + after
    rows, mask = torch.zeros(CLASSES, width, dtype=torch.long), torch.zeros(CLASSES, width, dtype=torch.long)
    for row, length in enumerate(LENGTHS):
        n = before + length + after
        rows[row, :n] = torch.randint(1000, 40000, (n,))
        rows[row, 0], rows[row, n - 1:] = 49406, 49407
        mask[row, :n] = 1
    return rows, mask


@torch.inference_mode()
def main():
    torch.manual_seed(0)
    a = torch.randn(8192, 8192, device='cuda', dtype=torch.half)
    peak = 2 * 8192 ** 3 / median(lambda: a @ a) / 1e12
    print(f'{torch.cuda.get_device_name()}, torch {torch.__version__}, transformers {transformers.__version__}; fp16 product of 8192: {peak:.0f} TFLOP/s', flush=True)
    for name, patch in (('B/32', 32), ('B/16', 16)):
        config = CLIPConfig(text_config=dict(hidden_size=512, intermediate_size=2048, num_hidden_layers=12, num_attention_heads=8, eos_token_id=49407, bos_token_id=49406, pad_token_id=49407),
                            vision_config=dict(hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12, image_size=224, patch_size=patch), projection_dim=512)
        model = CLIPModel(config).half().cuda().eval()
        def texts(rows, mask):
            rows, mask = rows.cuda(), None if mask is None else mask.cuda()
            return torch.nn.functional.normalize(feature(model.get_text_features(input_ids=rows, attention_mask=mask)).float(), dim=-1).cpu()
        for template, (before, after) in TEMPLATES.items():
            (full, full_mask), (short, short_mask) = ids(before, after, 77), ids(before, after)
            # Without a mask causal attention is faster, and the end of a text sees nothing behind it in either case.
            whole, longest = (min(median(lambda: texts(rows, m)) for m in (mask, None)) for rows, mask in ((full, full_mask), (short, short_mask)))
            print(f'| PyTorch, fp16, texts: {template} | {name} | {CLASSES / whole:,.0f} texts/s padded to 77 | {CLASSES / longest:,.0f} texts/s padded to the longest |', flush=True)
        stored = torch.randint(0, 256, (IMAGES, 3, 224, 224), dtype=torch.uint8)
        def normalised(images):
            return ((images.float() / 255 - MEAN.cuda()) / DEVIATION.cuda()).half()
        def embeddings(images, prepare):
            # The host waits for no batch before it sends the next.
            parts = [model.get_image_features(pixel_values=prepare(part.cuda(non_blocking=True))) for part in images.split(BATCH)]
            return torch.nn.functional.normalize(torch.cat([feature(part) for part in parts]).float(), dim=-1).cpu()
        pixels, pinned = torch.cat([normalised(part.cuda()).float().cpu() for part in stored.split(BATCH)]), stored.pin_memory()
        on_card = pixels[:BATCH].cuda().half()
        for fed, count, work in (('bytes', IMAGES, lambda: embeddings(stored, normalised)),
                                 ('bytes that lie in pinned memory', IMAGES, lambda: embeddings(pinned, normalised)),
                                 ('fp32 pixels', IMAGES, lambda: embeddings(pixels, torch.Tensor.half)),
                                 ('fp16 pixels that lie on the card', BATCH, lambda: model.get_image_features(pixel_values=on_card))):
            print(f'| PyTorch, fp16, images: {fed} | {name} | {count / median(work):,.0f} images/s |', flush=True)


main()
