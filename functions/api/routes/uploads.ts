/** /v1/uploads: addresses to send bytes to, and what became of folders that were put into the inbox. */
import * as z from 'zod';
import { name, sha256, timestamp, ulid } from '#contracts/source/scalars.ts';
import { requestUpload } from '#core/application/commands/request-upload.ts';
import type { ApiContext } from '../environment.ts';
import { readJsonBody } from '../middleware/json-body.ts';
import { pager } from '../middleware/paging.ts';
import { type ApiApp, addRoute } from '../route.ts';
import { pageOf, pageQuery } from '../schemas/paging.ts';

const tag = 'uploads';

/** As much as S3 takes in one PUT, which an upload is. A larger model comes in shards. */
const MAX_UPLOAD_BYTES = 5 * 1024 ** 3;

const uploadRequest = z.strictObject({
  sha256,
  bytes: z.int().min(1).max(MAX_UPLOAD_BYTES),
  mediaType: z.string().regex(/^[\w.+-]+\/[\w.+-]+$/, 'expected a media type such as application/x-ndjson'),
  inbox: z
    .strictObject({
      folder: name,
      path: z.string().min(1).max(300).describe('Below the folder; `manifest.json` goes last.'),
    })
    .optional()
    .describe('Where in the inbox the bytes go. Left out: they are stored under their hash.'),
});
const uploadOffer = z.object({
  exists: z.boolean(),
  url: z.string().optional(),
  method: z.literal('PUT').optional(),
  headers: z.record(z.string(), z.string()).optional(),
  expiresAt: z.string().optional(),
});
const upload = z
  .object({
    schemaVersion: z.literal(1),
    tenant: z.string(),
    id: ulid,
    contentHash: sha256,
    folder: z.string(),
    status: z.enum(['started', 'unmatched', 'refused']),
    rule: z.string().nullable(),
    modelId: ulid.nullable(),
    runId: ulid.nullable(),
    reason: z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() }).nullable(),
    quarantined: z.array(z.string()),
    createdAt: timestamp,
    recordVersion: z.int(),
  })
  .meta({ id: 'Upload' });

export function addUploadRoutes(app: ApiApp, { ports, options }: ApiContext): void {
  const pages = pager(options.cursorSecret);
  addRoute(
    app,
    {
      method: 'post',
      path: '/v1/uploads',
      tag,
      summary: 'Get an address to upload bytes to',
      body: uploadRequest,
      answers: { 200: uploadOffer, 201: uploadOffer },
    },
    async (context) => {
      const wanted = await readJsonBody(context, uploadRequest);
      const offer = await requestUpload(ports, context.var.principal, wanted);
      return context.json(offer, offer.exists ? 200 : 201);
    },
  );
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/uploads',
      tag,
      summary: 'List what became of uploaded model folders, newest first',
      query: pageQuery,
      answers: { 200: pageOf(upload) },
    },
    async (context) => {
      const { principal } = context.var;
      const page = await ports.uploads.list(principal.tenant, pages.read(principal, context.req.query()));
      return context.json(pages.write(principal, page));
    },
  );
}
