"""Qwen2 weights from a folder: what is read, what is refused, a second implementation, LoRA, a training."""
import contextlib
import gzip
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

import numpy as np
import torch

from models import backbone, data, export
from models.lead import pretrained, qwen2, safetensors
from models.lead.model import build
from models.tests import qwen2_files, qwen2_numpy, tiny
from models.train import start

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HALF_BILLION = {**qwen2_files.CONFIG, "hidden_size": 896, "num_hidden_layers": 24, "num_attention_heads": 14,
                "num_key_value_heads": 2, "intermediate_size": 4864, "rms_norm_eps": 1e-6, "rope_theta": 1e6}
LAST = "model.layers.1.mlp.down_proj.weight"


class WithFolder(unittest.TestCase):
    """Gives every test a folder of its own."""

    def setUp(self):
        kept = tempfile.TemporaryDirectory()
        self.addCleanup(kept.cleanup)
        self.folder = kept.name

    def path(self, name):
        return os.path.join(self.folder, name)


class Reader(WithFolder):
    def write(self, content):
        qwen2_files.write(self.folder, "model.safetensors", content)

    def refused(self, content, pattern):
        """A model.safetensors of these bytes is refused; the message names the file and matches the pattern."""
        self.write(content)
        with self.assertRaisesRegex(ValueError, pattern) as caught:
            safetensors.Checkpoint(self.folder)
        self.assertIn(self.path("model.safetensors"), str(caught.exception))

    def entry(self, body=b"\0" * 8, **changes):
        """A file with one tensor whose header line has these changes."""
        line = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8], **changes}
        return qwen2_files.with_header(json.dumps({"x": line}).encode(), body)

    def test_known_bytes(self):
        bits = bytes.fromhex("803f 49c0 0000 0080".replace(" ", ""))
        self.write(self.entry(bits, dtype="BF16", shape=[2, 2]))
        found = safetensors.Checkpoint(self.folder).read("x", [2, 2])
        self.assertEqual(found.dtype, torch.float32)
        self.assertEqual(found.tolist(), [[1.0, -3.140625], [0.0, 0.0]])

    def test_every_dtype(self):
        arrays = {"a": np.array([[1.5, -2.0, 0.25]]), "b": np.array(3.0), "c": np.arange(6.0).reshape(2, 3)}
        for dtype in safetensors.DTYPES:
            self.write(qwen2_files.file_bytes(arrays, dtype, metadata=dtype == "F32"))
            checkpoint = safetensors.Checkpoint(self.folder)
            for name, array in arrays.items():
                np.testing.assert_array_equal(checkpoint.read(name, array.shape).numpy(), array)

    def test_refused_headers(self):
        self.refused(b"", "header of 0 bytes in a file of 0")
        self.refused(b"\1\0\0\0\0\0\0", "file of 7")
        self.refused((100).to_bytes(8, "little") + b"{}", "header of 100 bytes in a file of 10")
        self.refused((2 ** 63).to_bytes(8, "little") + b"{}", "header of 9223372036854775808 bytes")
        self.refused(qwen2_files.with_header(b"{", b""), "broken JSON")
        self.refused(qwen2_files.with_header(b"\xff{}", b""), "broken JSON")
        self.refused(qwen2_files.with_header(b"[" * 50000, b""), "broken JSON")
        self.refused(qwen2_files.with_header(b"[1]", b""), "no JSON object")
        self.refused(qwen2_files.with_header(b'{"x": 3}', b""), "'x': 3 is no JSON object")
        self.refused(qwen2_files.with_header(b'{"x": {}, "x": {}}', b""), "twice")

    @mock.patch.object(safetensors, "MAX_JSON", 30)
    def test_refused_lengths(self):
        self.refused(qwen2_files.with_header(b"{}" + b" " * 29, b""), "header of 31 bytes in a file of 39, at most 30")
        qwen2_files.write(self.folder, "config.json", b"{}" + b" " * 29)
        with self.assertRaisesRegex(ValueError, "config.json: 31 bytes are too long, at most 30"):
            pretrained.read_config(self.folder)

    def test_refused_tensors(self):
        self.refused(self.entry(dtype="F64", shape=[1]), "tensor 'x': dtype 'F64'")
        self.refused(self.entry(dtype=["F32"]), "dtype")
        for shape in ([-2], [2.0], [True, 2], "2", None, [[2]]):
            self.refused(self.entry(shape=shape), "tensor 'x': shape")
        for offsets in ([0], [0, 8, 9], [-8, 0], [0, 8.0], None, 8):
            self.refused(self.entry(data_offsets=offsets), "tensor 'x': data_offsets")
        self.refused(self.entry(data_offsets=[8, 0]), "hold -8 bytes")
        self.refused(self.entry(shape=[3]), r"hold 8 bytes, F32 of shape \[3\] takes 12")
        self.refused(self.entry(dtype="BF16"), "hold 8 bytes, BF16 of shape .* takes 4")
        self.refused(self.entry(shape=[10 ** 30]), "takes 4" + "0" * 30)

    def test_refused_layouts(self):
        whole = self.entry()
        self.write(whole)
        safetensors.Checkpoint(self.folder)
        begin = len(whole) - 8
        self.refused(whole[:-1], f"the tensors end at byte {begin + 8}, the file at byte {begin + 7}")
        self.refused(whole + b"\0", "the file at byte")
        self.refused(self.entry(b"\0" * 12, data_offsets=[4, 12]), "'x' begins at byte")
        line = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
        for second in ([4, 12], [0, 8], [9, 17]):
            header = json.dumps({"x": line, "y": {**line, "data_offsets": second}}).encode()
            self.refused(qwen2_files.with_header(header, b"\0" * second[1]), "'y' begins at byte")

    def test_refused_reads(self):
        self.write(self.entry(np.array([1, np.inf], "<f4").tobytes()))
        checkpoint = safetensors.Checkpoint(self.folder)
        for name, shape, pattern in (("y", [2], "no tensor y"), ("x", [2], "x holds NaN or infinity"),
                                     ("x", [1, 2], r"x has shape \[2\], expected \[1, 2\]")):
            with self.assertRaisesRegex(ValueError, pattern) as caught:
                checkpoint.read(name, shape)
            self.assertIn(self.folder, str(caught.exception))

    def test_nothing_to_read(self):
        with self.assertRaisesRegex(ValueError, "neither model.safetensors nor"):
            safetensors.Checkpoint(self.folder)

    def test_refused_indices(self):
        outside = self.path("outside.safetensors")
        qwen2_files.write(self.folder, "outside.safetensors", self.entry())
        inner = self.path("inner")
        os.mkdir(inner)
        index = os.path.join(inner, safetensors.INDEX)
        cases = [({"weight_map": {"x": shard}}, "names no file of the folder") for shard in
                 ("../outside.safetensors", outside, "./../outside.safetensors", "..", "", "x.bin", 3, None, ["a"])]
        cases += [({}, "weight_map is None"), ({"weight_map": ["x"]}, "weight_map is"), ([], "no JSON object"),
                  (b'{"weight_map"', "broken JSON"), ({"weight_map": {"x": "gone.safetensors"}}, "no such file"),
                  ({"weight_map": {"x": "a\0.safetensors"}}, "no such file"),
                  ({"weight_map": {"x": "\ud800.safetensors"}}, "no such file")]
        for content, pattern in cases:
            qwen2_files.write(inner, safetensors.INDEX, content)
            with self.assertRaisesRegex(ValueError, pattern) as caught:
                safetensors.Checkpoint(inner).read("x", [2])
            self.assertIn(index if pattern != "no such file" else inner, str(caught.exception))

    def test_a_shard_without_its_tensor(self):
        qwen2_files.write(self.folder, "a.safetensors", self.entry())
        qwen2_files.write(self.folder, safetensors.INDEX, {"weight_map": {"x": "a.safetensors", "y": "a.safetensors"}})
        checkpoint = safetensors.Checkpoint(self.folder)
        self.assertEqual(checkpoint.read("x", [2]).tolist(), [0, 0])
        with self.assertRaisesRegex(ValueError, "a.safetensors: no tensor y, though"):
            checkpoint.read("y", [2])


def damaged(rng, content):
    """A copy cut off or with some bytes changed, half of the times near the beginning, where the headers are."""
    if rng.random() < 0.2:
        return content[:rng.integers(len(content))]
    made = bytearray(content)
    reach = len(made) if rng.random() < 0.5 else min(len(made), 300)
    for at in rng.integers(reach, size=rng.integers(1, 5)):
        made[at] = rng.choice([rng.integers(256), *b'0123456789[]{}",:-.eN'])
    return bytes(made)


class Fuzz(WithFolder):
    def outcome(self):
        """"read" or "refused"; everything but a ValueError comes through."""
        try:
            pretrained.read(self.folder)
        except ValueError as error:
            self.assertIn(self.folder, str(error))
            return "refused"
        return "read"

    def test_damaged_files_are_read_or_refused(self):
        rng = np.random.default_rng(4)
        arrays = {name: array for name, array in qwen2_files.weights().items() if "embed" not in name}
        for write, names in ((qwen2_files.write_single, ["model.safetensors", "config.json"]),
                             (qwen2_files.write_sharded, [safetensors.INDEX, "model-00001-of-00002.safetensors"])):
            write(self.folder, arrays)
            self.assertEqual(self.outcome(), "read")
            for name in names:
                with open(self.path(name), "rb") as file:
                    whole = file.read()
                found = []
                for _ in range(500):
                    qwen2_files.write(self.folder, name, damaged(rng, whole))
                    found.append(self.outcome())
                qwen2_files.write(self.folder, name, whole)
                self.assertGreater(found.count("refused"), 100, name)
                self.assertIn("read", found, name)
            os.remove(self.path(names[0]))


class Config(WithFolder):
    def read(self, **changes):
        """What is read of a config.json with these changes; Ellipsis takes a key out."""
        content = {**qwen2_files.CONFIG, **changes}
        qwen2_files.write(self.folder, "config.json", {k: v for k, v in content.items() if v is not ...})
        return pretrained.read_config(self.folder)

    def test_published_sizes(self):
        found = self.read(**HALF_BILLION)
        self.assertEqual(found, qwen2.Qwen2Config(896, 24, 14, 2, 4864, 1e6, 1e-6))
        self.assertEqual(sum(int(np.prod(shape)) for _, shape in pretrained.shapes(found)), 357_898_112)

    def test_both_places_of_the_rotary_base(self):
        rope = {"rope_type": "default", "rope_theta": 7.0}
        self.assertEqual(self.read(rope_theta=..., rope_parameters=rope).rope_theta, 7)
        self.assertEqual(self.read(rope_scaling=None).rope_theta, 50)

    def test_refusals_name_file_key_and_value(self):
        cases = [(key, value) for key in pretrained.SIZES for value in (..., 0, -4, 4.0, True, "4", None, 1 << 21)]
        cases += [(key, value) for key in ("rope_theta", "rms_norm_eps")
                  for value in (..., 0, -1.0, "1", True, float("nan"), float("inf"))]
        cases += [("model_type", "llama"), ("model_type", ...), ("model_type", ["qwen2"]), ("hidden_act", "gelu"),
                  ("hidden_act", ...), ("use_sliding_window", True), ("use_sliding_window", "no"), ("head_dim", 8),
                  ("num_attention_heads", 3), ("num_attention_heads", 7), ("num_attention_heads", 16),
                  ("num_key_value_heads", 3)]
        for key, value in cases:
            with self.assertRaises(ValueError) as caught:
                self.read(**{key: value})
            shown = "None" if value is ... else repr(value)
            self.assertIn(f"{self.path('config.json')}: {key} is {shown}", str(caught.exception))

    def test_stretched_positions_are_refused(self):
        for rope in ({"type": "yarn", "factor": 4.0}, {"rope_type": "linear"}):
            for key in ("rope_scaling", "rope_parameters"):
                with self.assertRaisesRegex(ValueError, "rope_type is '(yarn|linear)'"):
                    self.read(**{key: rope})
        with self.assertRaisesRegex(ValueError, "rope_parameters is 3"):
            self.read(rope_scaling=3)

    def test_broken_files(self):
        with self.assertRaisesRegex(ValueError, "config.json: no such file"):
            pretrained.read_config(self.folder)
        for content, pattern in ((b"{", "broken JSON"), (b"[]", "no JSON object")):
            qwen2_files.write(self.folder, "config.json", content)
            with self.assertRaisesRegex(ValueError, pattern):
                pretrained.read_config(self.folder)


class Weights(WithFolder):
    def backbone(self):
        config, state, _ = pretrained.read(self.folder)
        model = qwen2.Backbone(config, 4, 2)
        qwen2.load_frozen(model, state)
        return model.eval()

    def test_our_blocks_equal_the_second_implementation(self):
        arrays = qwen2_files.weights()
        x = np.random.default_rng(3).normal(size=(2, 13, 16))
        expected = np.stack([qwen2_numpy.decode(each, arrays, qwen2_files.CONFIG) for each in x])
        bare = {name.removeprefix("model."): array for name, array in arrays.items()}
        for write, written in ((qwen2_files.write_sharded, arrays), (qwen2_files.write_single, arrays),
                               (qwen2_files.write_single, bare)):
            write(self.folder, written)
            with torch.no_grad():
                found = self.backbone()(torch.tensor(x, dtype=torch.float32)).numpy()
            self.assertLess(np.abs(found - expected).max(), 1e-4)
        self.assertGreater(np.abs(expected).max(), 1)

    def test_our_blocks_equal_the_transformers_library(self):
        self.folder = os.path.join(os.path.dirname(__file__), "fixtures", "qwen2-golden")
        if not os.path.exists(self.folder):
            self.skipTest("no fixture: models.tests.make_qwen_golden writes it where transformers is at hand")
        with np.load(self.path("golden.npz")) as golden, torch.no_grad():
            found = self.backbone()(torch.tensor(golden["x"])).numpy()
            self.assertLess(np.abs(found - golden["y"]).max(), 1e-4)

    def test_shapes_are_those_of_our_blocks(self):
        config = qwen2.Qwen2Config(12, 3, 6, 3, 10)
        own = {name: tuple(tensor.shape) for name, tensor in qwen2.Backbone(config, 0).state_dict().items()}
        self.assertEqual(dict(pretrained.shapes(config)), own)

    def test_every_tensor_is_wanted_in_its_shape(self):
        arrays = qwen2_files.weights()
        for name, array in arrays.items():
            if "embed" in name:
                continue
            for other in ({}, {name: np.append(array, array, 0)}, {name: array.reshape(-1, 1, 1)}):
                qwen2_files.write_single(self.folder, {**{k: v for k, v in arrays.items() if k != name}, **other})
                with self.assertRaisesRegex(ValueError, "has shape" if other else "no tensor") as caught:
                    pretrained.read(self.folder)
                self.assertIn(name.removeprefix("model."), str(caught.exception))
                self.assertIn(self.folder, str(caught.exception))

    def test_tensors_that_qwen2_does_not_have(self):
        arrays = qwen2_files.weights()
        for name in ("model.layers.2.input_layernorm.weight", "model.layers.0.self_attn.q_norm.weight"):
            qwen2_files.write_single(self.folder, {**arrays, name: np.ones(16)})
            with self.assertRaisesRegex(ValueError, f"model.safetensors: tensor {name} is none of"):
                pretrained.read(self.folder)

    def test_cut_off_at_any_byte(self):
        whole = qwen2_files.file_bytes(qwen2_files.weights())
        qwen2_files.write_single(self.folder, qwen2_files.weights())
        for length in np.random.default_rng(0).integers(len(whole), size=60):
            qwen2_files.write(self.folder, "model.safetensors", whole[:length])
            with self.assertRaises(ValueError):
                pretrained.read(self.folder)


class Lora(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(2)
        self.config = qwen2.Qwen2Config(16, 2, 4, 2, 24)
        self.model = qwen2.Backbone(self.config, 4, 3).eval()
        qwen2.freeze_but_adapters(self.model)
        self.x = torch.randn(2, 7, 16, requires_grad=True)

    def shake(self):
        for parameter in self.model.parameters():
            parameter.data.add_(0.1 * torch.randn_like(parameter))

    def test_nothing_at_first_then_twice_the_product(self):
        layer = self.model.layers[0].self_attn.v_proj
        self.assertTrue(torch.equal(layer(self.x), torch.nn.functional.linear(self.x, layer.weight, layer.bias)))
        torch.nn.init.normal_(layer.lora_b)
        weight = layer.weight.double() + 2 * layer.lora_b.double() @ layer.lora_a.double()
        expected = self.x.double() @ weight.T + layer.bias.double()
        self.assertLess((layer(self.x) - expected).abs().max().item(), 1e-5)

    def test_only_queries_and_values_and_their_names(self):
        names = {name for name, _ in self.model.named_parameters() if "lora" in name}
        self.assertEqual(names, {f"layers.{i}.self_attn.{which}_proj.lora_{half}" for i in (0, 1) for which in "qv"
                                 for half in "ab"})
        self.assertFalse(any("lora" in name for name in qwen2.Backbone(self.config, 4).state_dict()))

    def test_learning_goes_to_lora_and_adapters_alone(self):
        self.shake()
        self.model(self.x).square().mean().backward()
        for name, parameter in self.model.named_parameters():
            learns = ".adapter." in name or name.endswith(("lora_a", "lora_b"))
            self.assertEqual(parameter.requires_grad, learns, name)
            self.assertEqual(parameter.grad is not None and parameter.grad.abs().max().item() > 0, learns, name)
        self.assertGreater(self.x.grad.abs().min().item(), 0)

    def test_first_step_can_leave_zero(self):
        self.model(self.x)[0, 3, 5].backward()
        for name, parameter in self.model.named_parameters():
            if name.endswith("lora_b"):
                self.assertGreater(parameter.grad.abs().max().item(), 0, name)

    def test_merged_copy(self):
        self.shake()
        made = qwen2.merged(self.model)
        self.assertLess((made(self.x) - self.model(self.x)).abs().max().item(), 1e-5)
        self.assertFalse(any("lora" in name for name in made.state_dict()))
        self.assertTrue(any("lora" in name for name in self.model.state_dict()))
        before = self.model(self.x).detach()
        made.layers[0].self_attn.q_proj.weight.data.zero_()
        self.assertTrue(torch.equal(self.model(self.x), before))
        self.assertIs(made.layers[0].mlp.up_proj.weight, self.model.layers[0].mlp.up_proj.weight)


class Source(WithFolder):
    """Where the folder comes from, and what is said when it is no good."""

    def setUp(self):
        super().setUp()
        kept = os.environ.pop("LEAD_BACKBONE", None)
        self.addCleanup(lambda: os.environ.pop("LEAD_BACKBONE", None))
        if kept is not None:
            self.addCleanup(os.environ.__setitem__, "LEAD_BACKBONE", kept)
        self.config = tiny.config(model={"backbone": "qwen2-any"})

    def stopped(self, pattern, *given):
        with self.assertRaisesRegex(SystemExit, pattern):
            backbone.load(self.config, *given)

    def test_argument_then_environment_then_configuration(self):
        self.stopped("qwen2-any: no folder given")
        self.config["backbone_folder"] = "/nowhere/file"
        self.stopped("qwen2-any: /nowhere/file is no .gguf file, and no folder with a config.json")
        os.environ["LEAD_BACKBONE"] = "/nowhere/environment"
        self.stopped("/nowhere/environment is no .gguf file, and no folder with a config.json")
        self.stopped("/nowhere/argument is no .gguf file, and no folder with a config.json", "/nowhere/argument")

    def test_sizes_come_from_the_folder_or_agree_with_it(self):
        qwen2_files.write_single(self.folder, qwen2_files.weights())
        stated, _ = backbone.load(self.config, self.folder)
        del self.config["model"]["qwen2"]
        found, state = backbone.load({**self.config, "backbone_folder": self.folder})
        self.assertEqual(found, stated)
        self.assertEqual(qwen2.Qwen2Config(**found["model"]["qwen2"]), qwen2.Qwen2Config(16, 2, 4, 2, 24, 50.0, 1e-2))
        self.assertEqual(found["backbone_sha256"], {name: data.file_sha256(self.path(name))
                                                    for name in ("config.json", "model.safetensors")})
        self.assertNotIn(self.folder, json.dumps(found))
        self.assertIn("layers.1.mlp.down_proj.weight", state)
        self.config["model"]["qwen2"] = {"hidden_size": 16, "intermediate_size": 25}
        self.stopped("intermediate_size is 24, tiny wants 25", self.folder)

    def test_damage_is_told_without_a_traceback(self):
        arrays = qwen2_files.weights()
        del arrays[LAST]
        qwen2_files.write_single(self.folder, arrays)
        self.stopped(f"qwen2-any: {self.folder}: no tensor {LAST}", self.folder)

    def test_the_shipped_configuration_wants_half_a_billion(self):
        with open(f"{ROOT}/models/configs/abilene-qwen2-0.5b.json") as file:
            self.config = json.load(file)
        self.stopped("qwen2-0.5b: no folder given")
        self.assertEqual(qwen2.Qwen2Config(**self.config["model"]["qwen2"]),
                         qwen2.Qwen2Config(896, 24, 14, 2, 4864, 1e6, 1e-6))
        qwen2_files.write_single(self.folder, qwen2_files.weights())
        self.stopped("hidden_size is 16, abilene-qwen2-0.5b wants 896", self.folder)

    def test_other_backbones_need_no_folder(self):
        for kind in ("random", "none"):
            config = tiny.config(model={"backbone": kind})
            self.assertEqual(backbone.load(config), (config, None))

    def test_exit_status_of_the_command(self):
        for arguments, words in (([], "qwen2-0.5b: no folder given"),
                                 (["--backbone", self.folder], f"qwen2-0.5b: {self.folder} is no .gguf file, and no folder with a config.json")):
            command = [sys.executable, "-m", "models.train", "models/configs/abilene-qwen2-0.5b.json", "--data",
                       self.folder, "--run", self.path("run"), *arguments]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            self.assertEqual(done.returncode, 1)
            self.assertIn(words, done.stderr)
            self.assertNotIn("Traceback", done.stderr)
            self.assertFalse(os.path.exists(self.path("run")))


def write_tms(folder):
    """tiny.series() as tiny-tm.csv.gz."""
    made = tiny.series()
    with gzip.open(os.path.join(folder, "tiny-tm.csv.gz"), "wt") as file:
        print("time", *(f"{a}>{b}" for a in made.nodes for b in made.nodes), sep=",", file=file)
        for when, tm in zip(made.times, made.tms):
            print(data.format_time(when), *(tm.ravel() / 1000), sep=",", file=file)


class EndToEnd(WithFolder):
    def setUp(self):
        super().setUp()
        self.weights, self.run_folder = self.path("weights"), self.path("run")
        os.mkdir(self.weights)
        qwen2_files.write_single(self.weights, qwen2_files.weights())
        write_tms(self.folder)
        self.config = tiny.config(model={"backbone": "qwen2-any", "lora": 2})
        for settings in self.config["training"].values():
            settings.update(steps=3, save_every=3, score_every=3)

    def parts(self):
        return start(self.config, self.folder, self.run_folder, self.weights)

    def trained(self):
        """The second part, trained."""
        with contextlib.redirect_stdout(io.StringIO()):
            for part in self.parts():
                part.train()
        return part

    def test_three_steps_leave_the_weights_as_they_are_on_disk(self):
        part = self.trained()
        self.assertEqual(sum("lora" in name for name in part.average.values), 8)
        for name, tensor in part.model.conditioner.backbone.state_dict().items():
            if ".adapter." not in name and "lora" not in name:
                np.testing.assert_array_equal(tensor.numpy(), qwen2_files.weights()[f"model.{name}"])
            elif name.endswith(("lora_b", "adapter.up.weight")):
                self.assertGreater(tensor.abs().max().item(), 0, name)
                self.assertIn(f"conditioner.backbone.{name}", part.average.values)

    def test_export_without_the_folder_equals_the_model(self):
        self.trained()
        os.remove(f"{self.weights}/model.safetensors")
        model, scaling, state = export.load_run(self.run_folder)
        for parameter in model.conditioner.parameters():
            parameter.data.add_(0.1 * torch.randn_like(parameter))
        out = self.path("out")
        export.export_model(model, state, scaling, tiny.STEP, out, 4, {})
        exported = torch.jit.load(f"{out}/conditioner.pt")
        self.assertFalse(any("lora" in name for name in exported.state_dict()))
        tokens, features = torch.randn(3, 9, 12), torch.randn(3, 10, 9)
        with torch.no_grad():
            for mine, theirs in zip(model.conditioner(tokens, features), exported(tokens, features)):
                self.assertLess((mine - theirs).abs().max().item(), 1e-5)
        with open(f"{out}/manifest.json") as file:
            manifest = json.load(file)
        self.assertEqual(manifest["shapes"]["condition"], 16)
        self.assertEqual(set(manifest["training"]["config"]["backbone_sha256"]), {"config.json", "model.safetensors"})

    def test_a_run_does_not_go_on_with_other_weights(self):
        self.trained()
        self.assertEqual([part.step for part in self.parts()], [3, 3])  # base forecast, diffusion
        qwen2_files.write_single(self.weights, qwen2_files.weights(seed=2))
        with self.assertRaisesRegex(SystemExit, "another configuration"):
            next(self.parts())

    def test_larger_sizes_need_no_other_code(self):
        """"qwen2" left out of the configuration: the folder alone says how large the backbone is."""
        del self.config["model"]["qwen2"]
        config, state = backbone.load(self.config, self.weights)
        self.assertEqual(build(5, config, state).conditioner.backbone.norm.epsilon, 1e-2)


if __name__ == "__main__":
    unittest.main()
