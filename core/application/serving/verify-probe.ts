/** The gate of a deployment in another runtime: what it says of a probe's tokens, at once and one by one. */
import type { DeploymentProbe } from '#contracts/source/deployment-probe.ts';
import { type Agreement, agreementOf } from '#core/domain/inference/agreement.ts';
import { emptyState } from '#core/domain/inference/graph-state.ts';
import type { GraphSession } from '#core/ports/graph-runtime.ts';

function floatsOf(base64: string): Float32Array {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: bytes.length >> 2 }, (_, at) => view.getFloat32(4 * at, true));
}

/** One token of every row after the other, the state handed on; in the order of a whole call. */
async function stepwise(
  session: GraphSession,
  tokens: readonly (readonly number[])[],
): Promise<Float32Array> {
  const [length, { vocabRows }] = [tokens[0]?.length ?? 0, session.graph.model];
  const found = new Float32Array(tokens.length * length * vocabRows);
  let state = emptyState(session.graph, tokens.length);
  for (let place = 0; place < length; place += 1) {
    const step = await session.step(
      tokens.map((row) => [row[place] as number]),
      state,
    );
    state = step.state;
    for (const row of tokens.keys())
      found.set(
        step.logits.subarray(row * vocabRows, (row + 1) * vocabRows),
        (row * length + place) * vocabRows,
      );
  }
  return found;
}

export async function verifyProbe(session: GraphSession, probe: DeploymentProbe): Promise<Agreement> {
  const pairs: { readonly stated: Float32Array; readonly computed: Float32Array }[] = [];
  for (const each of probe.cases) {
    const whole = await session.step(each.tokens, emptyState(session.graph, each.tokens.length));
    pairs.push(
      { stated: floatsOf(each.whole.logits), computed: whole.logits },
      { stated: floatsOf(each.stepwise.logits), computed: await stepwise(session, each.tokens) },
    );
  }
  return agreementOf(probe, pairs);
}
