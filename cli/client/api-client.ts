/** The API, one method per operation. */
import type { ForgeEvent } from '#contracts/source/event.ts';
import { accessMethods } from './access-methods.ts';
import type { Connection } from './connection.ts';
import { controlMethods } from './control-methods.ts';
import { downloadFile, type FileToDownload } from './download-file.ts';
import { type FollowOptions, followEvents } from './follow-events.ts';
import { readJson, send } from './http.ts';
import { pages } from './pages.ts';
import type {
  GarbageRequest,
  LogFilter,
  ModelFilter,
  ModelImport,
  Phase,
  PhaseChoice,
  PhaseDescription,
  PresetBody,
  RunDocumentBody,
  RunFilter,
} from './records.ts';
import { call, callForNothing, callVersioned, fillPath } from './typed-call.ts';
import { type FileToUpload, uploadFile } from './upload-file.ts';
import { webhookMethods } from './webhook-methods.ts';

/** Of a record that is to be changed: the ETag that was seen; null for one that must not be there yet. */
type Precondition = string | null;

const preconditionHeaders = (etag: Precondition) =>
  etag === null ? { 'if-none-match': '*' } : { 'if-match': etag };

function runMethods(connection: Connection) {
  const report = (id: string) => fillPath('/v1/runs/{id}/report', { id });
  return {
    createRun: (body: RunDocumentBody, key: string) =>
      call(connection, 'post', '/v1/runs', { body, headers: { 'idempotency-key': key }, repeatable: true }),
    listRuns: (filter: RunFilter, limit: number) =>
      pages(limit, (page) => call(connection, 'get', '/v1/runs', { query: { ...filter, ...page } })),
    getRun: (id: string) => call(connection, 'get', '/v1/runs/{id}', { path: { id } }),
    getReport: (id: string) => call(connection, 'get', '/v1/runs/{id}/report', { path: { id } }),
    getReportText: async (id: string) =>
      (await send(connection, 'GET', report(id), { accept: 'text/markdown' })).text(),
    getMetrics: async (id: string) =>
      (await call(connection, 'get', '/v1/runs/{id}/metrics', { path: { id } })).items,
    getGates: (id: string, phase?: PhaseChoice) =>
      call(connection, 'get', '/v1/runs/{id}/gates', {
        path: { id },
        query: phase === undefined ? {} : { phase },
      }),
    getTopology: (id: string) => call(connection, 'get', '/v1/runs/{id}/topology', { path: { id } }),
    getLogs: (id: string, query: LogFilter) =>
      call(connection, 'get', '/v1/runs/{id}/logs', { path: { id }, query }),
    followEvents: (id: string, options?: FollowOptions): AsyncGenerator<ForgeEvent> =>
      followEvents(connection, id, options),
    planRun: (body: RunDocumentBody) => call(connection, 'post', '/v1/plan', { body, repeatable: true }),
  };
}

const MODEL = '/v1/models/{reference}';

function modelMethods(connection: Connection) {
  return {
    listModels: (filter: ModelFilter, limit: number) =>
      pages(limit, (page) => call(connection, 'get', '/v1/models', { query: { ...filter, ...page } })),
    getModel: (reference: string) => call(connection, 'get', MODEL, { path: { reference } }),
    /** The model with its ETag; `deleted` also finds what was deleted. */
    findModelVersion: (reference: string, { deleted }: { readonly deleted: boolean }) =>
      callVersioned(connection, 'get', MODEL, {
        path: { reference },
        query: deleted ? { deleted: 'true' } : {},
      }),
    getLineage: (reference: string) => call(connection, 'get', `${MODEL}/lineage`, { path: { reference } }),
    getMetadata: (reference: string) => call(connection, 'get', `${MODEL}/metadata`, { path: { reference } }),
    verifyModel: (reference: string) =>
      call(connection, 'post', `${MODEL}/verify`, {
        path: { reference },
        repeatable: true,
        limitSeconds: null,
      }),
    changeModel: (
      act: 'archive' | 'restore' | 'quarantine',
      reference: string,
      etag: string,
      reason: string,
    ) =>
      call(connection, 'post', `${MODEL}/${act}`, {
        path: { reference },
        headers: { 'if-match': etag },
        body: { reason },
      }),
    promoteModel: (reference: string, etag: string, alias: string) =>
      call(connection, 'post', `${MODEL}/promote`, {
        path: { reference },
        headers: { 'if-match': etag },
        body: { alias },
        limitSeconds: null,
      }),
    deleteModel: (reference: string, etag: string, reason: string | undefined) =>
      call(connection, 'delete', MODEL, {
        path: { reference },
        headers: { 'if-match': etag },
        query: reason === undefined ? {} : { reason },
      }),
    importModel: (body: ModelImport) =>
      call(connection, 'post', '/v1/models', { body, repeatable: true, limitSeconds: null }),
  };
}

function storeMethods(connection: Connection) {
  return {
    uploadFile: (file: FileToUpload) => uploadFile(connection, file),
    downloadFile: (file: FileToDownload) => downloadFile(connection, file),
    listUploads: (limit: number) =>
      pages(limit, (query) => call(connection, 'get', '/v1/uploads', { query })),
    registerCorpus: (body: { readonly name: string; readonly sha256: string; readonly licence: string }) =>
      call(connection, 'post', '/v1/corpora', { body, repeatable: true, limitSeconds: null }),
    listCorpora: (limit: number) =>
      pages(limit, (query) => call(connection, 'get', '/v1/corpora', { query })),
    getCorpus: (reference: string) =>
      call(connection, 'get', '/v1/corpora/{reference}', { path: { reference } }),
    /** An artifact that is a JSON object; the API answers with the address of its bytes. */
    getJsonArtifact: async (sha256: string) =>
      readJson<Readonly<Record<string, unknown>>>(
        await send(connection, 'GET', fillPath('/v1/artifacts/{sha256}', { sha256 })),
      ),
    collectGarbage: (body: GarbageRequest) =>
      call(connection, 'post', '/v1/gc', { body, limitSeconds: null }),
  };
}

function catalogueMethods(connection: Connection) {
  return {
    listPhases: async () => {
      const found: unknown = await call(connection, 'get', '/v1/phases', {});
      return found as { readonly items: readonly Phase[] };
    },
    getPhase: async (slug: string) => {
      const found: unknown = await call(connection, 'get', '/v1/phases/{slug}', { path: { slug } });
      return found as PhaseDescription;
    },
    listClaims: () => call(connection, 'get', '/v1/claims', {}),
    getClaim: (id: string) => call(connection, 'get', '/v1/claims/{id}', { path: { id } }),
    listPresets: () => call(connection, 'get', '/v1/presets', {}),
    getPreset: (name: string) => call(connection, 'get', '/v1/presets/{name}', { path: { name } }),
    findPresetVersion: (name: string) =>
      callVersioned(connection, 'get', '/v1/presets/{name}', { path: { name } }),
    savePreset: (name: string, etag: Precondition, body: PresetBody) =>
      call(connection, 'put', '/v1/presets/{name}', {
        path: { name },
        headers: preconditionHeaders(etag),
        body,
      }),
    deletePreset: (name: string, etag: string) =>
      callForNothing(connection, 'delete', '/v1/presets/{name}', {
        path: { name },
        headers: preconditionHeaders(etag),
      }),
    getHealth: (limitSeconds = 5) =>
      call(connection, 'get', '/v1/health', { limitSeconds, repeatable: false }),
  };
}

export type ApiClient = ReturnType<typeof createApiClient>;

export function createApiClient(connection: Connection) {
  return {
    ...runMethods(connection),
    ...controlMethods(connection),
    ...modelMethods(connection),
    ...storeMethods(connection),
    ...catalogueMethods(connection),
    ...webhookMethods(connection),
    ...accessMethods(connection),
  };
}
