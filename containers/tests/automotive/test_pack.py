"""The pack: statuses, what is never claimed (in all texts of the product), hashes, materials, index."""

import json
import re
from pathlib import Path

import pytest

from agent_forge.automotive.pack import bill_of_materials
from agent_forge.automotive.pack.bill_of_materials import bill, npm_components, python_components
from agent_forge.automotive.pack.files import DECLARED, MEASURED, NAMES, TEMPLATE, TITLE, PackFile
from agent_forge.automotive.pack.index import index_page, manifest
from agent_forge.automotive.pack.never_claimed import NEVER, OF_VEHICLES, claims_in
from agent_forge.automotive.pack.signature import digest_of, holds, signed
from agent_forge.environment import evidence_key
from agent_forge.errors import ForgeError

ROOT = Path(__file__).resolve().parents[3]
# Said of this product none of these is true: §7.3 of its specification, sentence by sentence.
SAID = {
    "conformity with a standard": [
        "ISO 26262 certified", "The element is ISO 26262:2018 compliant.", "certified to ISO 26262",
        "in compliance with UL 4600", "conforms to ISO/PAS 8800",
    ],
    "an integrity level": ["ASIL-D ready", "an ASIL B capable element", "rated ASIL-C grade"],
    "a longest time": ["The WCET is 4 ms.", "worst-case execution time"],
    "use on roads": ["validated for road use", "a road-ready model"],
    "operation after a failure": ["a fail-operational design"],
    "an integrity level of a network": ["The network reaches ASIL-B.", "this model itself achieves ASIL D"],
    "independence of networks": ["Networks trained on the same data are independent."],
    "safety": ["The element is safe.", "a safe default"],
}  # fmt: skip
HARMLESS = [
    TITLE, "Evidence towards ISO 26262, for an assessor.", "Not a certificate.", "safetensors", "safe-buffer",
    "D = C(D) + A(D)", "the network counts as QM", "functional safety", "independent errors",
]  # fmt: skip


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in SAID.items() for text in texts])
def test_what_is_never_claimed_is_found_in_whatever_words(name: str, text: str) -> None:
    assert name in claims_in(text)
    assert set(SAID) == set(OF_VEHICLES)


@pytest.mark.parametrize("text", HARMLESS)
def test_texts_that_claim_nothing_are_left_alone(text: str) -> None:
    assert claims_in(text) == []


def texts_of_the_product() -> dict[str, str]:
    """Everything that users read: documents, contracts, and the strings of phase 7's own code."""
    folders = {
        "docs": "*.md", "containers": "*.md", "contracts/source": "*.ts", "evidence": "*.json",
        "containers/agent_forge/phases/deployment": "*.py",
    }  # fmt: skip
    paths = [path for folder, kind in folders.items() for path in (ROOT / folder).rglob(kind)]
    paths += [ROOT / name for name in ("README.md", "CHANGELOG.md", "contracts/phases.json")]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def test_no_document_contract_or_record_of_the_product_claims_any_of_it() -> None:
    texts = texts_of_the_product()
    assert len(texts) > 60
    assert {name: found for name, text in texts.items() if (found := claims_in(text, NEVER))} == {}
    page = texts["docs/phases/automotive.md"]
    assert claims_in(page) == []
    assert TITLE in re.sub(r"\s+", " ", page)


def test_a_file_is_measured_exactly_where_it_names_records() -> None:
    for status, records in ((MEASURED, []), (DECLARED, ["r"]), (TEMPLATE, ["r"])):
        with pytest.raises(ForgeError, match="metric records"):
            PackFile("08", status, {}, records)


def test_a_user_who_declares_too_much_is_refused_by_what_was_declared() -> None:
    with pytest.raises(ForgeError, match=r"01-element-definition\.json claims an integrity level") as refusal:
        PackFile("01", DECLARED, {"declared": "Our ASIL-D ready pilot."}).text()
    assert refusal.value.kind == "validation"


def test_objects_and_tables_carry_title_and_status() -> None:
    table = PackFile("02", DECLARED, [{"id": "A", "text": "one, two"}]).text()
    assert table == f'# {TITLE}\n# status: declared-by-user\nid,text\nA,"one, two"\n'
    document = json.loads(PackFile("04", MEASURED, {"x": 1}, ["r1"]).text())
    assert document == {
        "title": TITLE, "file": "04-lineage.json", "status": "measured", "records": ["r1"],
        "content": {"x": 1},
    }  # fmt: skip


def test_hashes_tell_every_change_and_a_key_tells_who_signed() -> None:
    texts, key = {"a": "one", "b": "two"}, b"k" * 32
    digests = {name: digest_of(text) for name, text in texts.items()}
    plain, sealed = signed(digests, None), signed(digests, key)
    assert (plain["signed"], sealed["signed"], "signature" in plain) == (False, True, False)
    assert holds(plain, texts, None)
    assert not holds(plain, texts, key)
    assert holds(sealed, texts, key)
    assert not holds(sealed, texts, b"x" * 32)
    for other in ({**texts, "a": "One"}, {"a": "one"}, {**texts, "c": ""}):
        assert not holds(sealed, other, key)


def test_a_key_is_hexadecimal_and_its_refusal_does_not_repeat_it() -> None:
    assert evidence_key({}) is None
    assert evidence_key({"FORGE_EVIDENCE_KEY": "0f" * 32}) == bytes([15]) * 32
    for wrong in ("secret-words", "0f" * 31, "0f" * 32 + "0"):
        with pytest.raises(ForgeError, match="64 hexadecimal digits") as refusal:
            evidence_key({"FORGE_EVIDENCE_KEY": wrong})
        assert wrong not in str(refusal.value)


def test_the_bill_of_materials_lists_every_pinned_package_with_its_version() -> None:
    found = {each["purl"] for each in python_components()}
    pinned = (ROOT / "containers/requirements.txt").read_text(encoding="utf-8").splitlines()
    for line in pinned:
        if line and not line.startswith("#"):
            name, _, version = line.partition("==")
            assert any(each.startswith(f"pkg:pypi/{name.lower()}@{version}") for each in found), line
    npm = {each["purl"]: each for each in npm_components(ROOT / "package-lock.json")}
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    for name, version in wanted.items():
        place = f"pkg:npm/{name.replace('@', '%40', 1)}@{version}"
        assert place in npm, place
    assert npm_components(ROOT / "no-such-lock.json") == []


def test_the_bill_has_what_its_format_asks_for_and_the_same_parts_give_the_same_one() -> None:
    parts = python_components()
    one, two = (bill(parts, "agent-forge", "1") for _ in range(2))
    assert one == two
    assert bill(parts[1:], "agent-forge", "1")["serialNumber"] != one["serialNumber"]
    assert (one["bomFormat"], one["specVersion"], one["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", one["serialNumber"])
    references = [each["bom-ref"] for each in one["components"]]
    assert len(set(references)) == len(references)
    told = json.loads(PackFile("15", MEASURED, one, ["r"]).text())["metadata"]["properties"]
    assert {"name": "agent-forge:status", "value": '"measured"'} in told
    assert bill_of_materials.bill([], "x", "1")["components"] == []


def test_the_index_shows_every_file_and_nothing_from_outside() -> None:
    files = [PackFile("08", MEASURED, {}, ["r"]), PackFile("13", TEMPLATE, {})]
    texts = {each.name: each.text() for each in files}
    page = index_page(files, texts, {"run": "<script>"})
    for each in files:
        assert f"<td>{each.name}</td><td>{each.status}</td>" in page
        assert digest_of(texts[each.name]) in page
    assert TITLE in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"<script|src=|href=|url\(|@import|https?:", page)
    listed = json.loads(manifest(files, {**texts, "evidence-index.html": page}))
    assert listed["counts"] == {MEASURED: 1, DECLARED: 0, TEMPLATE: 1}
    assert len(NAMES) == 17
