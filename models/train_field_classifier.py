#!/usr/bin/env python3
"""Trains field_classifier.onnx on crops of the field survey.

    python make_field_survey.py crops --split train --count 12000 -o train.tar
    python train_field_classifier.py train.tar field_survey_val.tar -o field_classifier.onnx

Needs torch, numpy, Pillow, onnx and onnxruntime. The network is a small MobileNetV2: depthwise
separable layers, inverted residuals, ReLU6 and ReLU, batch normalization left unfolded in the file.
"""

import argparse
import io
import tarfile
import time

import numpy as np
import onnx
import onnxruntime
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

# expansion, channels, how often, stride of the first
STAGES = ((1, 16, 1, 1), (1, 32, 1, 2), (3, 32, 2, 1), (4, 48, 3, 2), (4, 64, 3, 2))


def read_tar(path):
    """Images as N x 3 x H x W bytes, and the class of each, from a tar of CLASS_NAME/NUMBER.jpg."""
    images, labels, names = [], [], {}
    with tarfile.open(path) as archive:
        for entry in archive:
            folder = entry.name.split("/")[0]
            picture = Image.open(io.BytesIO(archive.extractfile(entry).read()))
            images.append(np.asarray(picture).transpose(2, 0, 1))
            labels.append(int(folder.split("_")[0]))
            names[labels[-1]] = folder.split("_")[1]
    return (
        torch.from_numpy(np.stack(images)),
        torch.tensor(labels),
        [names[i] for i in sorted(names)],
    )


def unit(c_in, c_out, kernel, stride, groups, activation):
    layers = [
        nn.Conv2d(c_in, c_out, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(c_out),
    ]
    return nn.Sequential(*layers, *([activation()] if activation else []))


class Residual(nn.Module):
    def __init__(self, c_in, c_out, stride, expand):
        super().__init__()
        wide = c_in * expand
        first = [unit(c_in, wide, 1, 1, 1, nn.ReLU6)] if expand > 1 else []
        self.body = nn.Sequential(
            *first, unit(wide, wide, 3, stride, wide, nn.ReLU6), unit(wide, c_out, 1, 1, 1, None)
        )
        self.skip = stride == 1 and c_in == c_out

    def forward(self, x):
        return x + self.body(x) if self.skip else self.body(x)


class FieldClassifier(nn.Module):
    def __init__(self, classes):
        super().__init__()
        layers, channels = [unit(3, 16, 3, 2, 1, nn.ReLU6)], 16
        for expand, c_out, count, stride in STAGES:
            for i in range(count):
                layers.append(Residual(channels, c_out, stride if i == 0 else 1, expand))
                channels = c_out
        self.features = nn.Sequential(*layers, unit(channels, 160, 1, 1, 1, nn.ReLU))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(160, classes)

    def forward(self, x):
        return self.head(torch.flatten(self.pool(self.features(x)), 1))


def normalize(images):
    return ((images.float() - 127.5) / 127.5).contiguous(memory_format=torch.channels_last)


def augment(images, random, side):
    """Turns, flips, shifts, tints and brightens a batch; scales it to `side` pixels."""
    pieces = []
    for turn, piece in enumerate(images.chunk(4)):
        piece = piece.flip(3) if random.random() < 0.5 else piece
        shift = tuple(int(v) for v in random.integers(-4, 5, 2))
        pieces.append(torch.roll(torch.rot90(piece, turn, (2, 3)), shift, (2, 3)))
    x = normalize(torch.cat(pieces))
    if x.shape[2] != side:
        x = functional.interpolate(x, size=(side, side), mode="bilinear", antialias=True)
    gain = torch.from_numpy(random.uniform(0.8, 1.2, (len(x), 1, 1, 1)).astype(np.float32))
    tint = torch.from_numpy(random.normal(0, 0.05, (len(x), 3, 1, 1)).astype(np.float32))
    return (x * gain + tint).clamp(-1, 1)


@torch.no_grad()
def accuracy(model, images, labels):
    model.eval()
    right = sum(
        (model(normalize(x)).argmax(1) == y).sum().item()
        for x, y in zip(images.split(250), labels.split(250))
    )
    return 100.0 * right / len(labels)


def train(model, images, labels, args, check):
    epochs, batch, rate = args.epochs, args.batch, args.rate
    random = np.random.default_rng(1)
    decay = [p for p in model.parameters() if p.ndim > 1]
    rest = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": decay, "weight_decay": 0.02}, {"params": rest, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=rate, fused=True)
    steps = len(images) // batch * epochs
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, rate, total_steps=steps, pct_start=0.15
    )
    for epoch in range(epochs):
        model.train()
        start, total = time.process_time(), 0.0
        side = (
            48 if epoch < epochs * args.small_until else images.shape[2]
        )  # small at first: cheaper
        order = torch.from_numpy(random.permutation(len(images)))
        for i in range(0, len(images) - batch + 1, batch):
            chosen = order[i : i + batch]
            loss = functional.cross_entropy(
                model(augment(images[chosen], random, side)), labels[chosen], label_smoothing=0.05
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * batch
        score = f"{check():.2f} %" if epoch % 4 == 3 or epoch == epochs - 1 else ""
        spent = time.process_time() - start
        print(
            f"epoch {epoch + 1}: loss {total / len(images):.4f} {score} ({spent:.0f} s)", flush=True
        )


class Writer:
    """Collects ONNX nodes and initializers while walking the modules."""

    def __init__(self):
        self.nodes, self.weights, self.tensors = [], [], {}

    def constant(self, name, tensor):
        self.tensors[name] = tensor
        array = tensor.detach().contiguous().numpy() if isinstance(tensor, torch.Tensor) else tensor
        self.weights.append(onnx.numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def node(self, kind, inputs, name, **attributes):
        out = name + "/out"
        self.nodes.append(onnx.helper.make_node(kind, inputs, [out], name=name, **attributes))
        return out

    def unit(self, layers, x, name):
        conv, norm = layers[0], layers[1]
        pad = conv.padding[0]
        x = self.node(
            "Conv",
            [x, self.constant(name + ".weight", conv.weight)],
            name + "/conv",
            kernel_shape=list(conv.kernel_size),
            strides=list(conv.stride),
            pads=[pad] * 4,
            group=conv.groups,
            dilations=[1, 1],
        )
        values = (
            ("scale", norm.weight),
            ("bias", norm.bias),
            ("mean", norm.running_mean),
            ("var", norm.running_var),
        )
        inputs = [self.constant(f"{name}.bn.{key}", tensor) for key, tensor in values]
        x = self.node("BatchNormalization", [x] + inputs, name + "/bn", epsilon=norm.eps)
        if len(layers) == 2:
            return x
        if isinstance(layers[2], nn.ReLU6):
            return self.node("Clip", [x, "zero", "six"], name + "/relu6")
        return self.node("Relu", [x], name + "/relu")


def walk(model):
    """All nodes and weights, from "image" to "logits", batch normalization as it is."""
    out = Writer()
    out.constant("zero", np.float32(0))
    out.constant("six", np.float32(6))
    x = "image"
    for i, layer in enumerate(model.features):
        if not isinstance(layer, Residual):
            x = out.unit(layer, x, "stem" if i == 0 else "last")
            continue
        entry, name = x, f"block{i}"
        for layers, part in zip(layer.body, ("expand", "depthwise", "project")[-len(layer.body) :]):
            x = out.unit(layers, x, f"{name}.{part}")
        if layer.skip:
            x = out.node("Add", [entry, x], name + "/add")
    x = out.node("GlobalAveragePool", [x], "pool")
    x = out.node("Flatten", [x], "flatten", axis=1)
    weights = [
        out.constant("head.weight", model.head.weight),
        out.constant("head.bias", model.head.bias),
    ]
    out.nodes.append(
        onnx.helper.make_node("Gemm", [x] + weights, ["logits"], name="head", transB=1)
    )
    return out


@torch.no_grad()
def load_weights(model, path):
    """Copies the weights of a file that to_onnx() made into `model`."""
    stored = {tensor.name: tensor for tensor in onnx.load(path).graph.initializer}
    for name, tensor in walk(model).tensors.items():
        if isinstance(tensor, torch.Tensor):
            tensor.copy_(torch.from_numpy(onnx.numpy_helper.to_array(stored[name]).copy()))


def to_onnx(model, classes):
    """The network as an ONNX model of opset 17 with a symbolic batch."""
    model.eval()
    out = walk(model)
    kind = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        out.nodes,
        "field_classifier",
        [onnx.helper.make_tensor_value_info("image", kind, ["N", 3, 64, 64])],
        [onnx.helper.make_tensor_value_info("logits", kind, ["N", len(classes)])],
        out.weights,
    )
    file = onnx.helper.make_model(
        graph, opset_imports=[onnx.helper.make_opsetid("", 17)], producer_name="field_survey"
    )
    file.ir_version = 8
    onnx.helper.set_model_props(
        file, {"classes": ",".join(classes), "mean": "127.5", "std": "127.5"}
    )
    onnx.checker.check_model(file, full_check=True)
    return file


def onnx_accuracy(path, images, labels):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    logits = session.run(None, {"image": normalize(images).contiguous().numpy()})[0]
    return 100.0 * np.mean(logits.argmax(1) == labels.numpy())


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("train")
    parser.add_argument("val")
    parser.add_argument("--epochs", type=int, default=26)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--start", metavar="MODEL", help="an earlier field_classifier.onnx to go on from"
    )
    parser.add_argument(
        "--small-until",
        type=float,
        default=0.6,
        help="share of the epochs at 48 pixels (default 0.6)",
    )
    parser.add_argument("-o", "--output", default="field_classifier.onnx")
    args = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(args.threads)
    images, labels, classes = read_tar(args.train)
    val_images, val_labels, _ = read_tar(args.val)
    model = FieldClassifier(len(classes)).to(memory_format=torch.channels_last)
    if args.start:
        load_weights(model, args.start)
    print(
        f"{len(images)} images, {sum(p.numel() for p in model.parameters())} parameters", flush=True
    )

    def check():  # and keep what there is, should the run end early
        score = accuracy(model, val_images, val_labels)
        onnx.save(to_onnx(model, classes), args.output)
        return score

    train(model, images, labels, args, check)
    score = onnx_accuracy(args.output, val_images, val_labels)
    print(f"{args.output}: {score:.2f} % of {len(val_images)} images")


if __name__ == "__main__":
    main()
