/** Looks up what a run document refers to, resolves it and checks every contract that can be checked before the run. */
import type { RunDocument } from '#contracts/source/run-document.ts';
import type { Corpus } from '../../domain/corpus.ts';
import { ForgeError } from '../../domain/errors.ts';
import { checkInterval } from '../../domain/hand-over.ts';
import type { Model } from '../../domain/model.ts';
import type { Preset } from '../../domain/preset.ts';
import type { Principal } from '../../domain/principal.ts';
import { resolveRun } from '../../domain/resolve.ts';
import type { ResolvedRun } from '../../domain/run.ts';
import { validationError } from '../../domain/validation-error.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import { refuseInputs } from './compare-inputs.ts';
import { findBase } from './find-base.ts';
import { findCorpus } from './find-corpus.ts';
import { findModel } from './find-model.ts';

export interface ResolvedDocument {
  readonly resolved: ResolvedRun;
  readonly corpus: Corpus | null;
  readonly models: readonly Model[];
  /** Contract rules that only the real artifacts can answer. */
  readonly deferred: readonly string[];
}

export async function resolveDocument(
  ports: Pick<ReadPorts, 'corpora' | 'models' | 'presets' | 'blobs'>,
  principal: Principal,
  document: RunDocument,
): Promise<ResolvedDocument> {
  const preset = document.preset === undefined ? null : await findPreset(ports, principal, document.preset);
  const corpus =
    document.input.corpus === undefined ? null : await findCorpus(ports, principal, document.input.corpus);
  const models = await findModels(ports, principal, document.input);
  const resolved = resolveRun({ document, preset, corpus, models });
  const verdict = checkInterval(
    resolved.phases,
    models.map((model) => ({ ...model.properties, name: model.name })),
  );
  if (verdict.violations.length > 0) throw await refuseInputs(ports, verdict, models);
  const [first] = resolved.phases;
  if (first) await findBase(ports, principal, { from: null, to: first }, models);
  return { resolved, corpus, models, deferred: verdict.deferred };
}

/** The models that the document names, each of them once and ready to be used. */
async function findModels(
  ports: Pick<ReadPorts, 'models'>,
  principal: Principal,
  { model, models = [] }: RunDocument['input'],
): Promise<readonly Model[]> {
  if (model !== undefined && models.length > 0) {
    throw inputError('conflicting_fields', 'give `model` or `models`, not both');
  }
  const references = model === undefined ? models : [model];
  const found: Model[] = [];
  for (const reference of references) {
    const each = await findModel(ports, principal, reference);
    if (each.status !== 'active') {
      throw new ForgeError('conflict', `Model ${each.name} version ${each.version} is ${each.status}.`, {
        code: 'not_verified',
        hint: 'Choose an active model: forge models list',
      });
    }
    const twice = found.some(({ id }) => id === each.id);
    if (twice) throw inputError('duplicate', `${reference} stands twice, under one name or two`);
    found.push(each);
  }
  return found;
}

function inputError(code: string, message: string): ForgeError {
  return validationError([{ pointer: '/input/models', code, message }]);
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
