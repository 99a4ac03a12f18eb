import type { FieldSchema } from './run-schema.ts';

export interface SchemaFieldProps {
  readonly name: string;
  readonly schema: FieldSchema;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function choicesOf({ type, enum: words }: FieldSchema): readonly string[] | null {
  if (words) return words.map(String);
  return type === 'boolean' ? ['true', 'false'] : null;
}

/** One setting as its schema describes it; left empty it takes its default. */
export function SchemaField({ name, schema, value, onChange }: SchemaFieldProps) {
  const fallback = schema.default === undefined ? '' : String(schema.default);
  const choices = choicesOf(schema);
  const isNumber = schema.type === 'integer' || schema.type === 'number';
  const shared = { 'aria-describedby': `${name}-about`, value };
  return (
    <div className="field" data-term="">
      <label htmlFor={name}>{name.split('.').at(-1)}</label>
      {choices ? (
        <select id={name} {...shared} onChange={({ target }) => onChange(target.value)}>
          <option value="">default: {fallback}</option>
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : (
        <input
          id={name}
          {...shared}
          type={isNumber ? 'number' : 'text'}
          step={schema.type === 'integer' ? (schema.multipleOf ?? 1) : 'any'}
          min={schema.minimum}
          max={schema.maximum}
          placeholder={fallback}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
      <small id={`${name}-about`} className="faint">
        {schema.description}
      </small>
    </div>
  );
}

/** What was typed, as the type that the schema asks for. */
export function typedValue({ type }: FieldSchema, text: string): unknown {
  if (type === 'integer' || type === 'number') return Number(text);
  return type === 'boolean' ? text === 'true' : text;
}
