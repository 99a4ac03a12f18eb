/** Reads a request body with every limit: media type, size, presence, syntax, depth; then checks it against a schema. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { parseDocument } from '#contracts/source/problems.ts';
import { ForgeError } from '#core/domain/errors.ts';
import { validationError } from '#core/domain/validation-error.ts';
import { jsonErrorPosition } from './json-error-position.ts';

const MAX_BYTES = 1024 * 1024;
const MAX_DEPTH = 32;

function checkMediaType(given: string | undefined): void {
  if (given?.split(';')[0]?.trim().toLowerCase() === 'application/json') return;
  throw new ForgeError(
    'unsupported_media_type',
    `Got content type "${given ?? 'none'}", expected application/json.`,
    {
      hint: 'Send JSON with the header content-type: application/json.',
    },
  );
}

function tooLarge(bytes: number): ForgeError {
  return new ForgeError('too_large', `The body has at least ${bytes} bytes; ${MAX_BYTES} are allowed.`, {
    code: 'body_too_large',
    hint: 'Upload large content with POST /v1/uploads and name it by its hash.',
  });
}

/** Reads no more than the limit; a body without a length could be endless, so it is counted as it comes. */
async function readText(context: Context): Promise<string> {
  const header = context.req.header('content-length') ?? '';
  if (Number(header) > MAX_BYTES) throw tooLarge(Number(header));
  // HTTP ends a body at its announced length, and reading it whole needs no stream of its own.
  if (/^[1-9]\d*$/.test(header)) return decode(new Uint8Array(await context.req.arrayBuffer()));
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of context.req.raw.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw tooLarge(bytes);
    chunks.push(chunk);
  }
  if (bytes === 0) {
    throw new ForgeError('malformed', 'The body is empty.', {
      code: 'body_required',
      hint: 'Send a JSON document.',
    });
  }
  return decode(Buffer.concat(chunks));
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ForgeError('malformed', 'The body is not UTF-8.', {
      code: 'malformed_json',
      hint: 'JSON is sent in UTF-8.',
    });
  }
}

/** Brackets outside strings, nested deeper than any document of ours: refused before the parser recurses. */
function checkDepth(text: string): void {
  let depth = 0;
  let quoted = false;
  for (let position = 0; position < text.length; position += 1) {
    const character = text[position];
    if (quoted) {
      if (character === '\\') position += 1;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth > MAX_DEPTH) {
      throw new ForgeError('malformed', `The document is nested deeper than ${MAX_DEPTH} levels.`, {
        code: 'too_deep',
      });
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const byte = Buffer.byteLength(text.slice(0, jsonErrorPosition(text)));
    const said = (error as Error).message.slice(0, 200);
    throw new ForgeError('malformed', `The body is not JSON from byte ${byte} on: ${said}`, {
      code: 'malformed_json',
      hint: 'Check the body with a JSON validator.',
    });
  }
}

export async function readJsonBody<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
): Promise<z.output<Schema>> {
  checkMediaType(context.req.header('content-type'));
  const text = await readText(context);
  checkDepth(text);
  const parsed = parseDocument(schema, parseJson(text));
  if (parsed.ok) return parsed.value;
  throw validationError(parsed.problems);
}
