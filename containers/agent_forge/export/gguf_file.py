"""GGUF files for llama.cpp: one per storage type that the model's shapes and weights allow."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gguf
import torch

from agent_forge.data.tokenizer import BOS_ID, EOS_ID, PAD_ID
from agent_forge.export.backbone import properties_of, ternary_names
from agent_forge.export.card import Card, write_card
from agent_forge.export.gguf_tensors import STORAGES, Storage, gguf_facts, gguf_tensors, why_not
from agent_forge.export.llama import family
from agent_forge.export.measured import HeldOutText
from agent_forge.export.source import Source
from agent_forge.export.standard import Standard, make_standard, require_agreed
from agent_forge.model_files import TOKENIZER

NORMAL, CONTROL = 1, 3  # types of tokens in llama.cpp


def write_gguf(source: Source, folder: Path, text: HeldOutText | None, agreed: list[str]) -> dict[str, Any]:
    """Every file that can be, and why the others cannot.

    Raises:
        ForgeError(validation): something would be lost that nobody agreed to lose, or is not measured.
    """
    require_agreed(properties_of(source.model), agreed, "GGUF")
    standard = make_standard(source, text)
    ternary = ternary_names(source.model, standard.depth)
    left_out = {}
    for storage in STORAGES:
        reason = why_not(standard.model, ternary, storage)
        if reason is not None:
            left_out[storage] = reason
            continue
        _write_file(source, standard, ternary, storage, folder / f"model-{storage}.gguf")
    write_card(folder, Card("gguf", source, standard, None))
    return {"standard": standard.to_json(), "storagesLeftOut": left_out}


def _write_file(
    source: Source, standard: Standard, ternary: frozenset[str], storage: Storage, path: Path
) -> None:
    writer = gguf.GGUFWriter(path, family(standard.model.config))
    _write_header(writer, source.name, gguf_facts(standard.model))
    writer.add_file_type(getattr(gguf.LlamaFileType, f"MOSTLY_{storage}"))
    _write_tokenizer(writer, json.loads((source.folder / TOKENIZER).read_text(encoding="utf-8")))
    for name, stored in gguf_tensors(standard.model, ternary, storage).items():
        kind = getattr(gguf.GGMLQuantizationType, stored.storage)
        data = stored.tensor.detach().to(torch.float32).contiguous().numpy()
        writer.add_tensor(name, gguf.quants.quantize(data, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _write_header(writer: gguf.GGUFWriter, name: str, facts: Mapping[str, Any]) -> None:
    writer.add_name(name)
    writer.add_context_length(facts["context_length"])
    writer.add_embedding_length(facts["embedding_length"])
    writer.add_block_count(facts["block_count"])
    writer.add_feed_forward_length(facts["feed_forward_length"])
    writer.add_head_count(facts["head_count"])
    writer.add_head_count_kv(facts["head_count"])
    writer.add_layer_norm_rms_eps(facts["rms_eps"])
    writer.add_rope_dimension_count(facts["rope_dimension"])
    writer.add_rope_freq_base(facts["rope_theta"])
    writer.add_vocab_size(facts["vocab_size"])


def _write_tokenizer(writer: gguf.GGUFWriter, document: Mapping[str, Any]) -> None:
    """Byte-level BPE is `gpt2` there; its way of cutting words before merging is `gpt-2`."""
    vocabulary: dict[str, int] = dict(document["model"]["vocab"])
    added = {each["content"]: each for each in document.get("added_tokens", [])}
    vocabulary |= {content: each["id"] for content, each in added.items()}
    tokens = sorted(vocabulary, key=lambda token: vocabulary[token])
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([CONTROL if token in added else NORMAL for token in tokens])
    merges = document["model"]["merges"]
    writer.add_token_merges([pair if isinstance(pair, str) else " ".join(pair) for pair in merges])
    writer.add_bos_token_id(BOS_ID)
    writer.add_eos_token_id(EOS_ID)
    writer.add_pad_token_id(PAD_ID)
    writer.add_add_bos_token(False)
