/** Looks up what a run document refers to, resolves it and checks every contract that can be checked before the run. */
import type { RunDocument } from '#contracts/source/run-document.ts';
import { contractError } from '../../domain/contract.ts';
import type { Corpus } from '../../domain/corpus.ts';
import { ForgeError } from '../../domain/errors.ts';
import { checkInterval } from '../../domain/hand-over.ts';
import type { Model } from '../../domain/model.ts';
import type { Preset } from '../../domain/preset.ts';
import type { Principal } from '../../domain/principal.ts';
import { resolveRun } from '../../domain/resolve.ts';
import type { ResolvedRun } from '../../domain/run.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import { findCorpus } from './find-corpus.ts';
import { findModel } from './find-model.ts';

export interface ResolvedDocument {
  readonly resolved: ResolvedRun;
  readonly corpus: Corpus | null;
  readonly model: Model | null;
  /** Contract rules that only the real artifacts can answer. */
  readonly deferred: readonly string[];
}

export async function resolveDocument(
  ports: Pick<ReadPorts, 'corpora' | 'models' | 'presets'>,
  principal: Principal,
  document: RunDocument,
): Promise<ResolvedDocument> {
  const preset = document.preset === undefined ? null : await findPreset(ports, principal, document.preset);
  const corpus =
    document.input.corpus === undefined ? null : await findCorpus(ports, principal, document.input.corpus);
  const model =
    document.input.model === undefined ? null : await findModel(ports, principal, document.input.model);
  if (model && model.status !== 'active') {
    throw new ForgeError('conflict', `Model ${model.name} version ${model.version} is ${model.status}.`, {
      code: 'not_verified',
      hint: 'Choose an active model: forge models list',
    });
  }
  const resolved = resolveRun({ document, preset, corpus, model });
  const verdict = checkInterval(resolved.phases, model ? [{ ...model.properties, name: model.name }] : []);
  if (verdict.violations.length > 0) throw contractError(verdict.violations);
  return { resolved, corpus, model, deferred: verdict.deferred };
}

async function findPreset(
  ports: Pick<ReadPorts, 'presets'>,
  principal: Principal,
  name: string,
): Promise<Preset> {
  const preset = await ports.presets.get(principal.tenant, name);
  if (preset) return preset;
  const known = (await ports.presets.list(principal.tenant)).map((each) => each.name);
  throw new ForgeError('not_found', `There is no preset "${name}".`, {
    hint: `Presets: ${known.join(', ')}.`,
  });
}
