import type { Steps } from '../branch.ts';
import type { ItemReader } from '../definition.ts';
import { StateFailure } from '../failure.ts';
import type { Outcome } from '../journal.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import type { Visit } from '../visit.ts';

const READER_FAILED = 'States.ItemReaderFailed';

/** Reads the items of a distributed Map through the task handlers: the object's text, or a list of objects. */
export async function* readItems(visit: Visit, reader: ItemReader): Steps<Json[]> {
  const args = reader.arguments ? await visit.evaluate(reader.arguments, 'ItemReader/Arguments') : {};
  const evaluated = reader.config ? await visit.evaluate(reader.config, 'ItemReader/ReaderConfig') : {};
  const config = isObject(evaluated) ? evaluated : {};
  const outcome = (yield {
    kind: 'task',
    request: {
      key: `${visit.attemptKey}/items`,
      token: visit.token,
      resource: reader.resource,
      arguments: args,
      pattern: 'requestResponse',
      stateName: visit.state.name,
      attempt: visit.retryCount,
      source: 's3',
      onSubmitted: () => undefined,
    },
  }) as Outcome;
  if (!('output' in outcome)) throw new StateFailure(outcome.error ?? READER_FAILED, outcome.cause);
  const items = parseItems(outcome.output, config);
  const most = config.MaxItems;
  return typeof most === 'number' && most > 0 ? items.slice(0, most) : items;
}

/** Turns what was read into items. A text is parsed as `InputType` says; a list is taken as it is. */
export function parseItems(content: Json, config: JsonObject): Json[] {
  if (Array.isArray(content)) return content;
  if (isObject(content) && Array.isArray(content.Contents)) return content.Contents;
  if (typeof content !== 'string')
    throw new StateFailure(READER_FAILED, 'The item source holds neither a text nor a list.');
  switch (config.InputType) {
    case 'CSV':
      return parseCsv(content, config);
    case 'JSONL':
      return content
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map(parseJson);
    default: {
      const items = parseJson(content);
      if (Array.isArray(items)) return items;
      throw new StateFailure(READER_FAILED, 'Attempting to map over non-iterable node.');
    }
  }
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new StateFailure(READER_FAILED, `The item source is not JSON: ${(error as Error).message}`);
  }
}

const DELIMITERS: Record<string, string> = { COMMA: ',', PIPE: '|', SEMICOLON: ';', SPACE: ' ', TAB: '\t' };

function parseCsv(text: string, config: JsonObject): Json[] {
  const delimiter = DELIMITERS[String(config.CSVDelimiter ?? 'COMMA')] ?? ',';
  const rows = splitCsv(text, delimiter);
  const given =
    config.CSVHeaderLocation === 'GIVEN' && Array.isArray(config.CSVHeaders) ? config.CSVHeaders : undefined;
  const headers = given?.map(String) ?? rows.shift() ?? [];
  if (new Set(headers).size < headers.length)
    throw new StateFailure(READER_FAILED, 'CSV headers cannot contain duplicates.');
  return rows.map((row) => Object.fromEntries(headers.map((header, index) => [header, row[index] ?? ''])));
}

/** Rows of fields; a field in double quotes may hold delimiters, line ends and doubled quotes. */
function splitCsv(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let quoted = false;
  const endField = (): void => {
    row.push(field);
    field = '';
  };
  const endRow = (): void => {
    endField();
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  };
  for (let index = 0; index < text.length; index++) {
    const char = text.charAt(index);
    if (quoted && char === '"' && text.charAt(index + 1) === '"') field += text.charAt(index++);
    else if (char === '"') quoted = !quoted;
    else if (!quoted && char === delimiter) endField();
    else if (!quoted && char === '\n') endRow();
    else if (quoted || char !== '\r') field += char;
  }
  endRow();
  return rows;
}
