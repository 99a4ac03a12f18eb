/** The API, one method per route. */
import type { ForgeEvent } from '#contracts/source/event.ts';
import { CliError } from '../errors.ts';
import { type FollowOptions, followEvents } from './follow-events.ts';
import { addressOf, type Connection, send, sendForJson, unreachable } from './http.ts';
import { putFile } from './put-file.ts';
import type {
  Corpus,
  Health,
  Lineage,
  LogPart,
  Model,
  ModelVerdict,
  Page,
  Phase,
  Preset,
  Run,
  RunPlan,
  RunReport,
  RunSummary,
  SettingsSchema,
  Upload,
} from './records.ts';

export type Filter = Readonly<Record<string, string | number | undefined>>;

export interface FileToUpload {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly mediaType: string;
}

/** The server gives at most this many rows in one answer. */
const PAGE_LIMIT = 200;

const part = encodeURIComponent;

/** Pages until the limit is reached or there is no more. */
async function pages<Item>(
  connection: Connection,
  path: string,
  filter: Filter,
  limit: number,
): Promise<Page<Item>> {
  const items: Item[] = [];
  let next: string | null = null;
  do {
    const rows: number = Math.min(PAGE_LIMIT, limit - items.length);
    const query = { ...filter, limit: rows, cursor: next };
    const page: Page<Item> = await sendForJson<Page<Item>>(connection, 'GET', path, { query });
    items.push(...page.items);
    next = page.next;
  } while (next !== null && items.length < limit);
  return { items, next };
}

function runMethods(connection: Connection) {
  const get = <Answer>(path: string, query: Filter = {}) =>
    sendForJson<Answer>(connection, 'GET', path, { query });
  return {
    createRun: (document: unknown, key: string) =>
      sendForJson<Run>(connection, 'POST', '/v1/runs', {
        body: document,
        headers: { 'idempotency-key': key },
        repeatable: true,
      }),
    listRuns: (filter: Filter, limit: number) => pages<RunSummary>(connection, '/v1/runs', filter, limit),
    getRun: (id: string) => get<Run>(`/v1/runs/${part(id)}`),
    cancelRun: (id: string) =>
      sendForJson<Run>(connection, 'POST', `/v1/runs/${part(id)}/cancel`, { repeatable: true }),
    getReport: (id: string) => get<RunReport>(`/v1/runs/${part(id)}/report`),
    getReportText: async (id: string) =>
      (await send(connection, 'GET', `/v1/runs/${part(id)}/report`, { accept: 'text/markdown' })).text(),
    getLogs: (id: string, filter: Filter) =>
      get<{ readonly items: readonly LogPart[] }>(`/v1/runs/${part(id)}/logs`, filter),
    followEvents: (id: string, options?: FollowOptions): AsyncGenerator<ForgeEvent> =>
      followEvents(connection, id, options),
    planRun: (document: unknown) =>
      sendForJson<RunPlan>(connection, 'POST', '/v1/plan', { body: document, repeatable: true }),
  };
}

async function upload(connection: Connection, file: FileToUpload): Promise<'sent' | 'known'> {
  const { path, ...facts } = file;
  const answer = await sendForJson<Upload>(connection, 'POST', '/v1/uploads', {
    body: facts,
    repeatable: true,
  });
  if (answer.exists) return 'known';
  const url = new URL(answer.url, addressOf(connection, '/v1/'));
  const { method, headers } = answer;
  try {
    await putFile(url, { path, bytes: file.bytes, method, headers, signal: connection.signal });
  } catch (error) {
    if (connection.signal.aborted) throw connection.aborted();
    throw error instanceof CliError ? error : unreachable(connection, url, error);
  }
  return 'sent';
}

function storeMethods(connection: Connection) {
  const get = <Answer>(path: string) => sendForJson<Answer>(connection, 'GET', path);
  return {
    uploadFile: (file: FileToUpload) => upload(connection, file),
    registerCorpus: (corpus: { name: string; sha256: string; licence: string }) =>
      sendForJson<Corpus>(connection, 'POST', '/v1/corpora', {
        body: corpus,
        repeatable: true,
        limitSeconds: null,
      }),
    listCorpora: (limit: number) => pages<Corpus>(connection, '/v1/corpora', {}, limit),
    getCorpus: (reference: string) => get<Corpus>(`/v1/corpora/${part(reference)}`),
    listModels: (filter: Filter, limit: number) => pages<Model>(connection, '/v1/models', filter, limit),
    getModel: (reference: string) => get<Model>(`/v1/models/${part(reference)}`),
    getLineage: (reference: string) => get<Lineage>(`/v1/models/${part(reference)}/lineage`),
    verifyModel: (reference: string) =>
      sendForJson<ModelVerdict>(connection, 'POST', `/v1/models/${part(reference)}/verify`, {
        repeatable: true,
        limitSeconds: null,
      }),
    listPhases: () => get<{ readonly items: readonly Phase[] }>('/v1/phases'),
    getPhase: (slug: string) =>
      get<Phase & { readonly settings?: SettingsSchema }>(`/v1/phases/${part(slug)}`),
    listPresets: () => get<{ readonly items: readonly Preset[] }>('/v1/presets'),
    getPreset: (name: string) => get<Preset>(`/v1/presets/${part(name)}`),
    getHealth: (limitSeconds = 5) =>
      sendForJson<Health>(connection, 'GET', '/v1/health', { limitSeconds, repeatable: false }),
  };
}

export type ApiClient = ReturnType<typeof createApiClient>;

export function createApiClient(connection: Connection) {
  return { ...runMethods(connection), ...storeMethods(connection) };
}
