/** API keys and the audit log, as they are shown. */
import * as z from 'zod';
import { name, timestamp, ulid } from '#contracts/source/scalars.ts';
import { ROLES } from '#core/domain/principal.ts';

export const role = z.enum(ROLES);

const keyFacts = {
  schemaVersion: z.literal(1),
  tenant: name,
  id: ulid,
  prefix: z.string().describe('What the key begins with.'),
  name: z.string(),
  role,
  createdAt: timestamp,
  createdBy: z.string(),
  expiresAt: timestamp.nullable(),
  revokedAt: timestamp.nullable(),
  revokedBy: z.string().nullable(),
  lastUsedOn: z.string().nullable().describe('Day of the last use, UTC.'),
  recordVersion: z.int(),
};

export const apiKey = z.object(keyFacts).meta({ id: 'ApiKey' });
export const newApiKey = z
  .object({ ...keyFacts, key: z.string().describe('The whole key. It is shown this once and kept nowhere.') })
  .meta({ id: 'NewApiKey' });

export const keyBody = z
  .strictObject({
    name: z.string().trim().min(1).max(100).describe('What it is for.'),
    role,
    expiresInDays: z.int().min(1).max(3650).nullable().default(90).describe('Null: it never expires.'),
  })
  .meta({ id: 'KeyToMake' });

export const auditEntry = z
  .object({
    schemaVersion: z.literal(1),
    tenant: name,
    id: ulid,
    at: timestamp,
    by: z.string(),
    role,
    command: z.string().describe('The route that was asked for.'),
    path: z.string(),
    targets: z.array(z.object({ kind: z.string(), id: z.string(), status: z.string().nullable() })),
    outcome: z.enum(['done', 'refused', 'failed']),
    code: z.string().nullable(),
    requestId: z.string(),
  })
  .meta({ id: 'AuditEntry' });
