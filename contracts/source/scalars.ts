/** The scalar shapes that every contract shares. */
import * as z from 'zod';

export const schemaVersion = z
  .literal(1)
  .describe('Version of this document; a release reads the one before.');
export const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits')
  .describe('SHA-256 in lower-case hexadecimal.');
export const ulid = z
  .string()
  .regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, 'expected a ULID of 26 characters')
  .describe('A sortable identifier (ULID).');
export const timestamp = z
  .string()
  .regex(
    /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|\+00:00)$/,
    'expected UTC time in ISO 8601',
  )
  .describe('UTC time, ISO 8601.');
export const name = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$/,
    'expected 1 to 64 of a-z 0-9 . _ - , starting and ending with a letter or digit',
  )
  .describe('A name: 1 to 64 lower-case letters, digits, dots, underscores and dashes.');
export const uri = z
  .string()
  .regex(/^(file|s3):\/\/\S+$/, 'expected a file:// or s3:// address')
  .describe('Where the bytes lie: file:// or s3://.');
export const count = z.int().min(0);
export const finite = z.number();
/** The largest seed that a JavaScript number carries exactly. */
export const seed = z
  .int()
  .min(0)
  .max(2 ** 53 - 1)
  .describe('Seed of every random choice.');
