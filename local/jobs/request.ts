import { createHash } from 'node:crypto';
import { ClientException } from './errors.ts';
import type { ExitRule, JobRequest, Resources } from './job.ts';

const MAXIMUM_ATTEMPTS = 10;
const MAXIMUM_RULES = 5;
const MAXIMUM_PATTERN_LENGTH = 512;
const MAXIMUM_DEPENDENCIES = 20;
const ARRAY_SIZE = { least: 2, most: 10_000 };
const SHARE_IDENTIFIER = /^[A-Za-z0-9]{1,255}$/;
const JOB_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;

/** Refuses what AWS Batch would refuse, in its manner, before anything is written. */
export function checkRequest(request: JobRequest): void {
  if (!JOB_NAME.test(request.jobName)) {
    refuse(
      `jobName must start with a letter or digit and hold up to 128 letters, digits, hyphens and underscores; received "${request.jobName}"`,
    );
  }
  if (request.jobQueue === '') refuse('jobQueue must be given; received an empty string');
  const { shareIdentifier } = request;
  if (shareIdentifier !== undefined && !SHARE_IDENTIFIER.test(shareIdentifier)) {
    refuse(`shareIdentifier has 1 to 255 letters and digits; received "${shareIdentifier}"`);
  }
  checkArray(request);
  checkRetry(request);
  const seconds = timeoutSeconds(request);
  if (seconds !== null && !(seconds > 0 && Number.isFinite(seconds))) {
    refuse(`timeout.attemptDurationSeconds must be a positive number; received ${seconds}`);
  }
  const { leaseSeconds = 1 } = request.jobDefinition;
  if (!(leaseSeconds > 0 && Number.isFinite(leaseSeconds))) {
    refuse(`leaseSeconds must be a positive number; received ${leaseSeconds}`);
  }
  checkResources(resourcesOf(request));
}

/** The definition's resources with the submission's overrides. */
export function resourcesOf({ jobDefinition, containerOverrides }: JobRequest): Resources {
  const overridden = new Map(containerOverrides?.resourceRequirements?.map((r) => [r.type, Number(r.value)]));
  return {
    vcpus: overridden.get('VCPU') ?? jobDefinition.vcpus,
    memoryMiB: overridden.get('MEMORY') ?? jobDefinition.memoryMiB,
    gpus: overridden.get('GPU') ?? jobDefinition.gpus ?? 0,
  };
}

export const timeoutSeconds = ({ timeout, jobDefinition }: JobRequest): number | null =>
  (timeout ?? jobDefinition.timeout)?.attemptDurationSeconds ?? null;

export function retryOf({ retryStrategy, jobDefinition }: JobRequest): {
  attempts: number;
  evaluateOnExit: readonly ExitRule[];
} {
  const strategy = retryStrategy ?? jobDefinition.retryStrategy;
  return { attempts: strategy?.attempts ?? 1, evaluateOnExit: strategy?.evaluateOnExit ?? [] };
}

/** Equal for equal requests, whatever the order of their keys. */
export function hashRequest(request: JobRequest): string {
  const sorted = (_: string, value: unknown): unknown =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return createHash('sha256').update(JSON.stringify(request, sorted)).digest('hex');
}

function checkArray({ arrayProperties, dependsOn = [] }: JobRequest): void {
  const size = arrayProperties?.size;
  if (
    size !== undefined &&
    !(Number.isInteger(size) && size >= ARRAY_SIZE.least && size <= ARRAY_SIZE.most)
  ) {
    refuse(
      `Array job size must be between ${ARRAY_SIZE.least} and ${ARRAY_SIZE.most}; received ${size}. For a width of 1 leave arrayProperties out`,
    );
  }
  if (dependsOn.length > MAXIMUM_DEPENDENCIES) {
    refuse(`dependsOn holds at most ${MAXIMUM_DEPENDENCIES} jobs; received ${dependsOn.length}`);
  }
  for (const { jobId, type } of dependsOn) {
    if (jobId === undefined && (type !== 'SEQUENTIAL' || size === undefined)) {
      refuse('dependsOn without a jobId needs type SEQUENTIAL and an array job');
    }
    if (type === 'N_TO_N' && size === undefined) refuse('dependsOn with type N_TO_N needs an array job');
  }
}

function checkRetry(request: JobRequest): void {
  const { attempts, evaluateOnExit } = retryOf(request);
  if (!Number.isInteger(attempts) || attempts < 1 || attempts > MAXIMUM_ATTEMPTS) {
    refuse(`retryStrategy.attempts must be between 1 and ${MAXIMUM_ATTEMPTS}; received ${attempts}`);
  }
  if (evaluateOnExit.length > MAXIMUM_RULES) {
    refuse(
      `retryStrategy.evaluateOnExit holds at most ${MAXIMUM_RULES} rules; received ${evaluateOnExit.length}`,
    );
  }
  for (const rule of evaluateOnExit) {
    const patterns = [rule.onReason, rule.onStatusReason, rule.onExitCode].filter((p) => p !== undefined);
    if (patterns.length === 0)
      refuse('a rule of evaluateOnExit needs onReason, onStatusReason or onExitCode');
    for (const pattern of patterns) checkPattern(pattern);
  }
}

function checkPattern(pattern: string): void {
  if (pattern === '' || pattern.length > MAXIMUM_PATTERN_LENGTH || pattern.slice(0, -1).includes('*')) {
    refuse(
      `a pattern of evaluateOnExit has 1 to ${MAXIMUM_PATTERN_LENGTH} characters and a * only at its end; received "${pattern}"`,
    );
  }
}

function checkResources(resources: Resources): void {
  const { vcpus, memoryMiB, gpus } = resources;
  const right =
    vcpus > 0 && Number.isInteger(memoryMiB) && memoryMiB > 0 && Number.isInteger(gpus) && gpus >= 0;
  if (!right) {
    refuse(
      `resources must be vcpus > 0, memoryMiB a positive integer and gpus an integer >= 0; received ${JSON.stringify(resources)}`,
    );
  }
}

export function refuse(detail: string): never {
  throw new ClientException(`Error executing request, Exception : ${detail}.`);
}
