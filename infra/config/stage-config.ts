/** What may differ between two stages of the same product, and nothing else. */
import * as z from 'zod';
import { identitySettings } from '#contracts/source/identity.ts';
import { PRICES } from '#contracts/source/prices.ts';
import { parseDocument } from '#contracts/source/problems.ts';
import { requestsPerMinute } from '#contracts/source/quotas.ts';
import { name } from '#contracts/source/scalars.ts';
import { triggers } from '#contracts/source/triggers.ts';
import { unfitInstances } from './instance-fit.ts';

const instanceType = z.enum(Object.keys(PRICES.instances) as [string, ...string[]]);
const positive = z.int().min(1);
const vpcId = z.string().regex(/^vpc-[0-9a-f]{8,17}$/, 'expected the id of a VPC, as vpc-0123456789abcdef0');
const email = z.email('expected an e-mail address');

/** `public` costs nothing while idle; what the others cost is printed by infra/bin/cost.ts. */
const network = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.enum(['public', 'nat', 'isolated']), maxZones: z.int().min(1).max(6) }),
  z.strictObject({ mode: z.literal('existing'), vpcId }),
]);

const compute = z.strictObject({
  /** In the order of no preference: Batch takes the ones with most capacity at the lowest price. */
  gpuInstanceTypes: z.array(instanceType).min(6),
  cpuInstanceTypes: z.array(instanceType).min(1),
  spotMaxVcpus: positive,
  onDemandMaxVcpus: positive,
  cpuMaxVcpus: positive,
  /** Holds the image and what a phase writes; a CUDA image alone takes about 15. */
  volumeGiB: z.int().min(60).max(16_384),
});

/** A pool of users of this stage's own. `domainPrefix` is unique in a region. @default forge-<stage>-<account> */
const signIn = z.strictObject({
  kind: z.literal('cognito'),
  domainPrefix: z.string().min(1).max(63).optional(),
  /** Each gets a group `tenant:<tenant>:<role>` for each role; the first admin is put into one of them by hand. */
  tenants: z
    .array(name)
    .min(1)
    .max(2000, 'expected at most 2,000: a pool holds 10,000 groups')
    .refine((tenants) => new Set(tenants).size === tenants.length, 'expected each tenant once')
    .default(['default']),
});

export const stageConfig = z.strictObject({
  stage: z.string().regex(/^[a-z][a-z0-9]{1,11}$/, 'expected 2 to 12 lower-case letters and digits'),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected a region, as us-east-1'),
  /** @default the account of the credentials that deploy */
  account: z
    .string()
    .regex(/^\d{12}$/, 'expected the 12 digits of an account')
    .optional(),
  /** Spares the look-up of zones at the first deployment. @default looked up */
  availabilityZones: z.array(z.string()).min(1).optional(),
  /** Stateful resources outlive the stack and cannot be deleted by accident. */
  protectData: z.boolean(),
  network,
  compute,
  table: z.strictObject({ maxReadRequestUnits: positive, maxWriteRequestUnits: positive }),
  api: z.strictObject({
    requestsPerSecond: positive,
    burst: positive,
    /** Of each tenant, unless a quota of its own says otherwise. */
    tenantRequestsPerMinute: requestsPerMinute.default(600),
    signIn,
    /** Roles and users of IAM whose signed requests are taken. @default none */
    callers: identitySettings.shape.callers,
  }),
  site: z.strictObject({
    /** Without one, viewers come by CloudFront's own name and its certificate, which pins old TLS. */
    domain: z
      .strictObject({ name: z.string().min(3), certificateArn: z.string().startsWith('arn:') })
      .optional(),
    webAclArn: z.string().startsWith('arn:').optional(),
  }),
  budget: z.strictObject({ monthlyUsd: z.number().positive() }),
  /** Told of finished and failed runs, alarms and the budget. @default nobody: subscribe to the topic by hand */
  notify: z.array(email).default([]),
  logRetentionDays: z.union([z.literal(7), z.literal(14), z.literal(30), z.literal(90), z.literal(365)]),
  /** Which runs start by themselves, on an upload or by the clock. @default none */
  triggers: triggers.default({ apiVersion: 'forge/v1', kind: 'Triggers', uploads: [], schedules: [] }),
});

export type StageConfig = Readonly<z.output<typeof stageConfig>>;

/** A stage's configuration that cannot be deployed; the message lists everything that is wrong with it. */
export class StageConfigError extends Error {
  constructor(origin: string, lines: readonly string[]) {
    super(`${origin} cannot be deployed:\n${lines.map((line) => `  - ${line}`).join('\n')}`);
    this.name = 'StageConfigError';
  }
}

/**
 * @param origin named in the message: the file that was read
 * @throws StageConfigError with the value received, what was expected and the nearest name
 */
export function parseStageConfig(origin: string, value: unknown): StageConfig {
  const parsed = parseDocument(stageConfig, value);
  if (!parsed.ok) {
    const lines = parsed.problems.map(({ pointer, message, expected, got }) =>
      [pointer || '/', message, expected && `expected ${expected}`, got && `received ${got}`]
        .filter(Boolean)
        .join('; '),
    );
    throw new StageConfigError(origin, lines);
  }
  const unfit = unfitInstances(parsed.value.compute);
  if (unfit.length > 0) throw new StageConfigError(origin, unfit);
  return parsed.value;
}
