"""A model's turn with tools: it says a call or an answer; a call's result is put in, and it goes on.

Legend: N turns, T tokens said so far, V vocabulary rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from agent_forge.data.tokenizer import EOS_ID, PAD_ID
from agent_forge.models.thought import forbid_marks
from agent_forge.models.titan import TinyTitan
from agent_forge.tools.calls import MOST_CHARACTERS, Call, read_call
from agent_forge.tools.definitions import Tool
from agent_forge.tools.grammar import Automaton
from agent_forge.tools.transcript import Spelling

MOST_ANSWER = 64  # tokens
AT_ONCE = 128

# What a tool answers to a call, or an error that it was stopped with.
Carrier = Callable[[Call], str]


@dataclass(frozen=True)
class Turn:
    """What a model made of a request.

    Args:
        called: text between the marks of a call, None where it made none.
        call: what that text says, None where it is no valid call.
        result: what was put in behind it.
        answer: the last text.
    """

    called: str | None = None
    call: Call | None = None
    result: str = ""
    answer: str = ""


def take_turns(
    model: TinyTitan, spelling: Spelling, tools: Sequence[Tool], requests: Sequence[str], carry: Carrier,
    automaton: Automaton | None = None,
) -> list[Turn]:  # fmt: skip
    """Let a model answer each request by first choices; a call that is none gets no result and no answer.

    Args:
        carry: carries out a call.
        automaton: of the tools' calls; with it every call is a valid one, without it the model is free.
    """
    asked = [spelling.asked(request) for request in requests]
    said = decode(model, spelling, asked, automaton)
    turns: list[Turn] = []
    for tokens in said:
        if tokens[:1] != [spelling.call]:
            turns.append(Turn(answer=spelling.decode(tokens)))
            continue
        # What was cut off before its end is no call, whatever it says.
        called = spelling.decode(tokens[1:-1] if tokens[-1] == spelling.call_end else [*tokens[1:], -1])
        call = read_call(called, tools)
        turns.append(Turn(called, call, "" if call is None else carry(call)))
    places = [place for place, turn in enumerate(turns) if turn.call is not None]
    behind = [
        [*asked[place], *spelling.told(str(turns[place].called), turns[place].result)] for place in places
    ]
    for place, tokens in zip(places, decode(model, spelling, behind, None), strict=True):
        turns[place] = replace(turns[place], answer=spelling.decode(tokens))
    return turns


def decode(
    model: TinyTitan, spelling: Spelling, contexts: Sequence[Sequence[int]], automaton: Automaton | None
) -> list[list[int]]:
    """First choices behind each context up to the end of a call or of the text, which is left out."""
    said: dict[int, list[int]] = {}
    # Contexts of one length at a time: a model that keeps a state cannot pass over padding.
    for size in sorted({len(context) for context in contexts}):
        places = [place for place, context in enumerate(contexts) if len(context) == size]
        for first in range(0, len(places), AT_ONCE):
            chosen = places[first : first + AT_ONCE]
            tokens_NT = torch.tensor([contexts[place] for place in chosen], device=model.device)
            found = _decode(model, spelling, tokens_NT, automaton)
            said |= dict(zip(chosen, found, strict=True))
    return [said[place] for place in range(len(contexts))]


@torch.no_grad()
def _decode(
    model: TinyTitan, spelling: Spelling, tokens_NT: Tensor, automaton: Automaton | None
) -> list[list[int]]:
    speakers = [_Speaker(spelling, automaton) for _ in range(len(tokens_NT))]
    output = model(tokens_NT, compact=True)
    while True:
        logits_NV = forbid_marks(output.logits_BTV[:, -1].float(), model.config.thought).cpu()
        chosen = [speaker.choose(row) for speaker, row in zip(speakers, logits_NV, strict=True)]
        if all(speaker.ended for speaker in speakers):
            return [speaker.said for speaker in speakers]
        output = model.step(output.state, torch.tensor(chosen, device=model.device))


class _Speaker:
    """One turn's tokens so far, and which may come next."""

    def __init__(self, spelling: Spelling, automaton: Automaton | None) -> None:
        self.spelling, self.automaton = spelling, automaton
        self.said: list[int] = []
        self.ended = False
        self.state = Automaton.START

    @property
    def calling(self) -> bool:
        return self.said[:1] == [self.spelling.call]

    def choose(self, logits_V: Tensor) -> int:
        """The next token; padding where the turn has ended."""
        if self.ended:
            return PAD_ID
        token = int((logits_V + self._mask(len(logits_V))).argmax())
        if token == EOS_ID:
            self.ended = True
            return token
        if self.calling and self.automaton is not None and token in self.spelling.bytes:
            self.state = self.automaton.after(self.state, self.spelling.bytes[token])
        self.said.append(token)
        most = MOST_CHARACTERS if self.calling else MOST_ANSWER
        self.ended = (self.calling and token == self.spelling.call_end) or len(self.said) >= most
        return token

    def _mask(self, rows: int) -> Tensor:
        if not self.calling or self.automaton is None:
            # Results are put in by the machine; a model that could say the marks could invent one.
            forbidden = [PAD_ID, self.spelling.result, self.spelling.result_end]
            mask_V = torch.zeros(rows)
            mask_V[forbidden] = float("-inf")
            return mask_V
        mask_V = torch.full((rows,), float("-inf"))
        mask_V[[self.spelling.rows[byte] for byte in self.automaton.allowed(self.state)]] = 0.0
        if self.automaton.ends(self.state):
            mask_V[self.spelling.call_end] = 0.0
        return mask_V
