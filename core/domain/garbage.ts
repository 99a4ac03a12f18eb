/** What may be freed: which runs' files, in which order, and which hashes a document still needs. */
import { BLOB_PREFIX, blobsOf } from './blob-key.ts';
import { isUlid, type Ulid } from './ids.ts';
import { isTerminal, type Run } from './run.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Bytes come before the record that names them: what is younger than this may be waiting for its record. */
export const GRACE_MS = 60 * 60 * 1000;

/** Which runs give up their working files. Without any choice no run does. */
export interface RunChoice {
  readonly olderThanDays?: number | undefined;
  /** So many of the newest runs keep their files. */
  readonly keepLatestRuns?: number | undefined;
  readonly run?: Ulid | undefined;
  readonly testRunsOnly?: boolean | undefined;
}

export type GarbageClass = 'staging' | 'checkpoints' | 'tasks' | 'blobs';

export interface GarbageItem {
  readonly key: string;
  readonly class: GarbageClass;
  readonly bytes: number;
}

export function isTestRun({ document }: Pick<Run, 'document'>): boolean {
  return document.preset === 'test' || document.labels.purpose === 'test';
}

/** The ended runs whose working files may go. @param runs all runs of the tenant, in any order */
export function chooseRuns(runs: readonly Run[], choice: RunChoice, now: Date): readonly Run[] {
  const { olderThanDays, keepLatestRuns, run, testRunsOnly } = choice;
  const nothingChosen = [olderThanDays, keepLatestRuns, run].every((each) => each === undefined);
  if (nothingChosen && !testRunsOnly) return [];
  const before = new Date(now.getTime() - (olderThanDays ?? 0) * DAY_MS).toISOString();
  const candidates = runs
    .filter((each) => isTerminal(each.status) && (!testRunsOnly || isTestRun(each)))
    .sort((left, right) => (left.id < right.id ? 1 : -1))
    .slice(keepLatestRuns ?? 0);
  return candidates.filter(
    (each) =>
      (run === undefined || each.id === run) &&
      (olderThanDays === undefined || (each.endedAt !== null && each.endedAt <= before)),
  );
}

const PREFIXES: Readonly<Record<string, Exclude<GarbageClass, 'blobs'>>> = {
  staging: 'staging',
  checkpoints: 'checkpoints',
  runs: 'tasks',
};
export const WORKING_PREFIXES: readonly string[] = Object.keys(PREFIXES).map((prefix) => `${prefix}/`);

export interface WorkingFile {
  readonly key: string;
  readonly class: Exclude<GarbageClass, 'blobs'>;
  readonly run: Ulid;
}

/** The run that a working file belongs to; null for a report, which stays, and for what is none of ours. */
export function workingFile(key: string): WorkingFile | null {
  const [prefix = '', run = '', name = ''] = key.split('/');
  const found = Object.hasOwn(PREFIXES, prefix) ? PREFIXES[prefix] : undefined;
  if (!found || !isUlid(run) || (found === 'tasks' && name.startsWith('report.'))) return null;
  return { key, class: found, run };
}

/**
 * Pointers first, then manifests, then the rest: whoever reads in between finds a checkpoint or a result whole or not
 * at all, and what a crash leaves is found by the same choice again.
 */
export function deletionOrder(key: string): number {
  if (key.endsWith('/latest.json')) return 0;
  return key.endsWith('/result.json') || key.includes('/manifests/') ? 1 : 2;
}

/** Documents may hold hashes that keep blobs alive. A report only tells of them. */
export function isReferring(key: string): boolean {
  return key.endsWith('.json') && !/^runs\/[^/]+\/report\./.test(key);
}

/** Every hash that a text mentions. Taking too many for references only keeps what could have been freed. */
export function mentionedHashes(text: string): readonly string[] {
  return text.match(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g) ?? [];
}

/** Hashes of the JSON files among those that a document lists as {path, sha256}, wherever they stand in it. */
export function referredDocuments(text: string): readonly string[] {
  const found: string[] = [];
  const open: unknown[] = [parseOrNull(text)];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    const { path, sha256 } = value as { path?: unknown; sha256?: unknown };
    const isDocument = typeof path === 'string' && path.endsWith('.json');
    if (isDocument && typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256)) found.push(sha256);
    open.push(...Object.values(value));
  }
  return found;
}

/** A document that cannot be read lists nothing; the hashes that it mentions are kept all the same. */
function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The hash that a blob is stored under; null for a key that is none of ours. */
export function hashOfBlob(key: string): string | null {
  const hash = key.slice(-64);
  const [root, tenant = ''] = key.split('/');
  const isBlob = `${root}/` === BLOB_PREFIX && key === `${blobsOf(tenant)}${hash.slice(0, 2)}/${hash}`;
  return isBlob && /^[0-9a-f]{64}$/.test(hash) ? hash : null;
}
