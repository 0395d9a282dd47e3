"""CLIP with Hugging Face's CLIPModel parameter names, in plain PyTorch: fused q, k, v; patches may be dropped in training."""
import ctypes, math, os
import torch, torch.nn as nn, torch.nn.functional as F

SHAPE = dict(vision_width=256, vision_layers=6, vision_heads=8, vision_mlp=768, image=64, patch=8,
             text_width=256, text_layers=3, text_heads=8, text_mlp=768, context=77, projection=256)
_library = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'work', 'kernels.so')
KERNELS = ctypes.CDLL(_library) if os.path.exists(_library) else None


def pointer(tensor):
    return ctypes.c_void_p(tensor.data_ptr())


class FusedAttention(torch.autograd.Function):
    @staticmethod
    def forward(ctx, qkv, heads, causal):
        batch, length, width = qkv.shape[0], qkv.shape[1], qkv.shape[2] // 3
        out = torch.empty(batch, length, width)
        ctx.shape = (batch, length, heads, width // heads, int(causal))
        ctx.save_for_backward(qkv)
        KERNELS.attn_fwd(pointer(qkv), pointer(out), *ctx.shape)
        return out

    @staticmethod
    def backward(ctx, gradient):
        qkv, = ctx.saved_tensors
        gradient, out = gradient.contiguous(), torch.empty_like(qkv)
        KERNELS.attn_bwd(pointer(qkv), pointer(gradient), pointer(out), *ctx.shape)
        return out, None, None


class QuickGelu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        if KERNELS is None:
            return x * torch.sigmoid(1.702 * x)
        x, y = x.contiguous(), torch.empty_like(x)
        KERNELS.gelu_fwd(pointer(x), pointer(y), ctypes.c_long(x.numel()))
        return y

    @staticmethod
    def backward(ctx, gradient):
        x, = ctx.saved_tensors
        if KERNELS is None:
            s = torch.sigmoid(1.702 * x)
            return gradient * (s * (1 + 1.702 * x * (1 - s)))
        gradient, out = gradient.contiguous(), torch.empty_like(x)
        KERNELS.gelu_bwd(pointer(x), pointer(gradient), pointer(out), ctypes.c_long(x.numel()))
        return out


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(width, width) for _ in range(4))

    def forward(self, x, causal):
        weight = torch.cat([self.q_proj.weight, self.k_proj.weight, self.v_proj.weight])
        bias = torch.cat([self.q_proj.bias, self.k_proj.bias, self.v_proj.bias])
        qkv = F.linear(x, weight, bias)
        batch, length, width = x.shape
        if KERNELS is not None and length <= 96 and not x.is_cuda:
            return self.out_proj(FusedAttention.apply(qkv.contiguous(), self.heads, causal))
        q, k, v = qkv.view(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        if x.is_cuda:
            attended = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
            return self.out_proj(attended.transpose(1, 2).reshape(batch, length, width))
        scores = torch.matmul(q * (width // self.heads) ** -0.5, k.transpose(-1, -2))
        if causal:
            scores = scores + torch.full((length, length), -1e9).triu(1)
        return self.out_proj(torch.matmul(scores.softmax(-1), v).transpose(1, 2).reshape(batch, length, width))


class Mlp(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, hidden), nn.Linear(hidden, width)

    def forward(self, x):
        hidden = self.fc1(x)
        return self.fc2(hidden * torch.sigmoid(1.702 * hidden) if x.is_cuda else QuickGelu.apply(hidden))


class Layer(nn.Module):
    def __init__(self, width, heads, hidden):
        super().__init__()
        self.self_attn, self.layer_norm1 = Attention(width, heads), nn.LayerNorm(width)
        self.mlp, self.layer_norm2 = Mlp(width, hidden), nn.LayerNorm(width)

    def forward(self, x, causal):
        x = x + self.self_attn(self.layer_norm1(x), causal)
        return x + self.mlp(self.layer_norm2(x))


class Encoder(nn.Module):
    def __init__(self, width, heads, hidden, layers):
        super().__init__()
        self.layers = nn.ModuleList(Layer(width, heads, hidden) for _ in range(layers))

    def forward(self, x, causal=False):
        for layer in self.layers:
            x = layer(x, causal)
        return x


class TextTower(nn.Module):
    def __init__(self, s):
        super().__init__()
        self.embeddings = nn.Module()
        self.embeddings.token_embedding = nn.Embedding(s['vocabulary'], s['text_width'])
        self.embeddings.position_embedding = nn.Embedding(s['context'], s['text_width'])
        self.encoder = Encoder(s['text_width'], s['text_heads'], s['text_mlp'], s['text_layers'])
        self.final_layer_norm = nn.LayerNorm(s['text_width'])

    def forward(self, ids, end):
        x = self.embeddings.token_embedding(ids) + self.embeddings.position_embedding.weight[:ids.shape[1]]
        return self.final_layer_norm(self.encoder(x, True)[torch.arange(len(ids), device=x.device), end])


class VisionTower(nn.Module):
    def __init__(self, s):
        super().__init__()
        self.patch, self.grid = s['patch'], s['image'] // s['patch']
        self.embeddings = nn.Module()
        self.embeddings.class_embedding = nn.Parameter(torch.zeros(s['vision_width']))
        self.embeddings.patch_embedding = nn.Conv2d(3, s['vision_width'], s['patch'], s['patch'], bias=False)
        self.embeddings.position_embedding = nn.Embedding(self.grid ** 2 + 1, s['vision_width'])
        self.pre_layrnorm = nn.LayerNorm(s['vision_width'])  # Hugging Face's spelling
        self.encoder = Encoder(s['vision_width'], s['vision_heads'], s['vision_mlp'], s['vision_layers'])
        self.post_layernorm = nn.LayerNorm(s['vision_width'])

    def forward(self, x, keep=None):
        batch, g, p, e = len(x), self.grid, self.patch, self.embeddings
        x = x.reshape(batch, 3, g, p, g, p).permute(0, 2, 4, 1, 3, 5).reshape(batch, g * g, 3 * p * p)
        places = e.position_embedding.weight
        spots = places[1:]
        if keep is not None and keep < g * g:
            chosen = torch.rand(batch, g * g, device=x.device).argsort(1)[:, :keep]
            x, spots = x[torch.arange(batch, device=x.device)[:, None], chosen], spots[chosen]
        x = F.linear(x, e.patch_embedding.weight.flatten(1)) + spots
        x = torch.cat([(e.class_embedding + places[0]).expand(batch, 1, -1), x], 1)
        return self.post_layernorm(self.encoder(self.pre_layrnorm(x))[:, 0])


class Clip(nn.Module):
    def __init__(self, vocabulary, shape=SHAPE):
        super().__init__()
        s = self.shape = dict(shape, vocabulary=vocabulary)
        self.text_model, self.vision_model = TextTower(s), VisionTower(s)
        self.visual_projection = nn.Linear(s['vision_width'], s['projection'], bias=False)
        self.text_projection = nn.Linear(s['text_width'], s['projection'], bias=False)
        self.logit_scale = nn.Parameter(torch.tensor(math.log(15.0)))
        for name, parameter in self.named_parameters():
            if 'embedding' in name and 'patch' not in name:
                nn.init.normal_(parameter, std=0.02)
            elif parameter.ndim >= 2:
                std = parameter[0].numel() ** -0.5
                if 'out_proj' in name or 'fc2' in name:
                    std *= (2 * s['vision_layers' if 'vision' in name else 'text_layers']) ** -0.5
                nn.init.normal_(parameter, std=std)
            elif name.endswith('.bias'):
                nn.init.zeros_(parameter)
        with torch.no_grad():
            self.vision_model.embeddings.position_embedding.weight[1:] = 0.3 * sines(self.vision_model.grid, s['vision_width'])

    def text(self, ids, end):
        return F.normalize(self.text_projection(self.text_model(ids, end)), dim=-1)

    def image(self, x, keep=None):
        return F.normalize(self.visual_projection(self.vision_model(x, keep)), dim=-1)


def sines(grid, width):
    """Two-dimensional sine positions (He et al. 2022): a small tower learns where things are sooner."""
    y, x = torch.meshgrid(torch.arange(grid).float(), torch.arange(grid).float(), indexing='ij')
    frequency = math.pi / grid * 2.0 ** torch.linspace(-1, 3, width // 4)
    parts = [wave(place.flatten()[:, None] * frequency) for place in (x, y) for wave in (torch.sin, torch.cos)]
    return torch.cat(parts, 1)
