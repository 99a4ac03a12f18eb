import type { Json } from './json.ts';

/** AWS's quotas for Standard workflows, enforced here so that a machine which runs locally also runs there. */
export const MAX_PAYLOAD_BYTES = 256 * 1024;
export const MAX_HISTORY_EVENTS = 25_000;
export const MAX_DEFINITION_BYTES = 1024 * 1024;
export const MAX_STATE_NAME_LENGTH = 80;
export const MAX_VARIABLE_NAME_LENGTH = 80;
export const MAX_INLINE_CONCURRENCY = 40;
/** Longest wait and longest time limit: one year in seconds is what a Standard workflow lives; AWS accepts this much. */
export const MAX_SECONDS = 99_999_999;

const NAME = /^[0-9A-Za-z_-]{1,80}$/;

/** True for names that AWS accepts for an execution and that are safe in paths and URLs. */
export function isExecutionName(name: string): boolean {
  return NAME.test(name);
}

/** Size of a value as the UTF-8 JSON text that AWS counts. */
export function jsonBytes(value: Json): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** True when a value may not travel between states. */
export function exceedsPayload(value: Json): boolean {
  return typeof value === 'object' || typeof value === 'string'
    ? jsonBytes(value) > MAX_PAYLOAD_BYTES
    : false;
}
