/** A model folder that somebody put below `uploads/`, and what became of it. */

import type { UploadRule } from '#contracts/source/triggers.ts';
import type { UploadManifest } from '#contracts/source/upload-manifest.ts';
import type { Ulid } from './ids.ts';

export const UPLOAD_PREFIX = 'uploads/';
export const UPLOAD_MANIFEST = 'manifest.json';
const QUARANTINE_PREFIX = 'quarantine/sha256/';

/** `started`: a rule named a run, and it is on its way. `unmatched`: no rule names the folder, so nothing was taken. */
export type UploadStatus = 'started' | 'unmatched' | 'refused';

export interface UploadReason {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

export interface Upload {
  readonly schemaVersion: 1;
  readonly tenant: string;
  readonly id: Ulid;
  /** Of the rule, the model's name and every file's path and hash: the same upload again is this upload. */
  readonly contentHash: string;
  readonly folder: string;
  readonly status: UploadStatus;
  readonly rule: string | null;
  readonly modelId: Ulid | null;
  readonly runId: Ulid | null;
  /** Why nothing was started; null where something was. */
  readonly reason: UploadReason | null;
  /** Keys where refused objects lie now; nothing reads them. */
  readonly quarantined: readonly string[];
  readonly createdAt: string;
  readonly recordVersion: number;
}

/** An object's place below `uploads/TENANT/`. */
export interface UploadPlace {
  readonly tenant: string;
  readonly folder: string;
  /** Of the object, below the folder: `manifest.json` is what says that the folder is complete. */
  readonly path: string;
}

/** Null for a key that is no upload: not below the prefix, without a tenant or without a folder. */
export function uploadPlace(key: string): UploadPlace | null {
  if (!key.startsWith(UPLOAD_PREFIX)) return null;
  const [tenant = '', ...parts] = key.slice(UPLOAD_PREFIX.length).split('/');
  const path = parts.pop() ?? '';
  const folder = parts.join('/');
  return tenant && folder && path ? { tenant, folder, path } : null;
}

export function uploadKey(tenant: string, folder: string, path: string): string {
  return `${UPLOAD_PREFIX}${tenant}/${folder}/${path}`;
}

export function quarantineKey(sha256: string): string {
  return `${QUARANTINE_PREFIX}${sha256}`;
}

const ESCAPED = /[.+?^${}()|[\]\\]/g;

/** The first rule of the tenant whose pattern is the folder; `*` stands for anything but a slash. */
export function ruleFor(
  rules: readonly UploadRule[],
  { tenant, folder }: Pick<UploadPlace, 'tenant' | 'folder'>,
): UploadRule | null {
  const fits = ({ pattern }: UploadRule) =>
    new RegExp(`^${pattern.replaceAll(ESCAPED, '\\$&').replaceAll('*', '[^/]*')}$`).test(folder);
  return rules.find((rule) => rule.tenant === tenant && fits(rule)) ?? null;
}

/** The text whose SHA-256 tells one upload from another. */
export function uploadText(rule: UploadRule | null, { name, files }: UploadManifest): string {
  const sorted = files.map(({ path, sha256 }) => `${path} ${sha256}`).sort();
  return JSON.stringify([rule?.name ?? null, name, sorted]);
}
