/** What is shown of a question to the API: its answer, that it is under way, or why it failed and what to do. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiProblem } from '../lib/api.ts';
import { Command } from './command.tsx';

export interface LoadedProps<Data> {
  readonly query: UseQueryResult<Data>;
  /** What is asked for, as the middle of a sentence. */
  readonly what: string;
  readonly children: (data: Data) => ReactNode;
}

export function Loaded<Data>({ query, what, children }: LoadedProps<Data>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Failure what={what} error={query.error} />;
  return (
    <p className="faint" role="status">
      Asking for {what} …
    </p>
  );
}

function Failure({ what, error }: { readonly what: string; readonly error: Error }) {
  const hint = error instanceof ApiProblem ? error.hint : 'Is the server there? npm run serve';
  return (
    <div role="alert">
      <p className="state bad" style={{ whiteSpace: 'normal' }}>
        <span aria-hidden="true">✕ </span>No {what}: <span data-term="">{error.message}</span>
      </p>
      {hint && <p data-term="">{hint}</p>}
    </div>
  );
}

/** Nothing to show: why, and the command that gets it. */
export function Empty({ why, command }: { readonly why: string; readonly command?: string }) {
  return (
    <div>
      <p className="faint">{why}</p>
      {command && <Command text={command} />}
    </div>
  );
}
